# Completion for hailoctl in bash.

_hailoctl() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} options=""
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "devices info inspect plan run monitor doctor emulate compile-emulated version --help --version" -- "$word")
        return
    fi
    case $previous in
    --device) mapfile -t COMPREPLY < <(compgen -W "emulator:hailo8 emulator:hailo8l $(compgen -G '/dev/hailo*')" -- "$word"); return ;;
    --arch) mapfile -t COMPREPLY < <(compgen -W "hailo8 hailo8l" -- "$word"); return ;;
    --type | --input-type) mapfile -t COMPREPLY < <(compgen -W "auto u8 u16 f32" -- "$word"); return ;;
    --log) mapfile -t COMPREPLY < <(compgen -W "warning refusals silent" -- "$word"); return ;;
    esac
    if [[ $word == -* ]]; then
        # What the help of the command names is what it takes.
        options=$(hailoctl "$command" --help 2>/dev/null | grep -oE -- '--[a-z-]+' | sort -u)
        mapfile -t COMPREPLY < <(compgen -W "$options --help" -- "$word")
    fi
}
complete -o default -F _hailoctl hailoctl
