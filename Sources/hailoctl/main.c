// The command line tool is written in Swift. Its entry is here because Embedded Swift does not hand the arguments of
// the process to a Swift entry point.

int hailoctl_run(int count, char **arguments);

int main(int count, char **arguments) { return hailoctl_run(count, arguments); }
