// The exported texts that come straight from the public header: one copy of them, and no conversion of strings.

#include "hailoswift/hailoswift.h"

const char *hailoswift_status_name(hailoswift_status status) {
    switch (status) {
#define NAME(name, value, description) case value: return #name;
        HAILOSWIFT_STATUS_TABLE(NAME)
#undef NAME
        default: return "UNKNOWN";
    }
}

const char *hailoswift_status_text(hailoswift_status status) {
    switch (status) {
#define TEXT(name, value, description) case value: return description;
        HAILOSWIFT_STATUS_TABLE(TEXT)
#undef TEXT
        default: return "no status of this library";
    }
}

const char *hailoswift_version(void) { return HAILOSWIFT_VERSION; }
