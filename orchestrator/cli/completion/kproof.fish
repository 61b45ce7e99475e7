# fish completion of kproof: asks the program itself, which knows its options and the plan's names.
function __kproof_complete
    set -l words (commandline -opc)
    for line in ($words[1] __complete $words[2..-1] (commandline -ct) 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c kproof -f -a '(__kproof_complete)'
