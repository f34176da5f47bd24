import JSON

/// The names that shells keep for themselves: an assignment to one ends zsh's `eval` or a script of
/// mksh, or means something else than a variable.
///
/// They are compared as they are written. Programs get them: `podid run` and the other forms leave
/// none of them out.
enum ShellNames {
  /// Whether a shell has its own use of a variable of this name.
  static func areTaken(_ name: String) -> Bool {
    taken.contains(name.bytes) || name.bytes.hasPrefix("dis_") || name.bytes.hasPrefix("KSH")
  }

  private static let taken: Set<ByteText> = Set(
    [zsh, bash, mksh].flatMap { $0.bytes.split(separator: " ") }.map(\.bytes))

  /// zshparam(1), and what the modules zsh/parameter, zsh/zleparameter and the like have.
  private static let zsh = """
    ARGC FIGNORE KEYBOARD_HACK OPTARG PSVAR USERNAME WATCH WATCHFMT WORDCHARS _ aliases \
    argv builtins cdpath commands dirstack epochtime errnos fignore fpath \
    funcfiletrace funcsourcetrace funcstack functions functions_source functrace galiases \
    histchars history historywords jobdirs jobstates jobtexts keymaps langinfo mailpath manpath \
    mapfile match mbegin mend modules module_path nameddirs options parameters patchars path \
    pipestatus prompt psvar region_highlight reply reswords saliases signals status sysparams \
    termcap terminfo userdirs usergroups watch widgets zle_bracketed_paste zsh_eval_context \
    zsh_scheduled_events
    """

  /// bash(1), Shell Variables.
  private static let bash = """
    COMP_CWORD COMP_KEY COMP_LINE COMP_POINT COMP_TYPE COMP_WORDBREAKS COMP_WORDS COMPREPLY COPROC \
    FUNCNAME GROUPS MAPFILE OPTERR PIPESTATUS READLINE_ARGUMENT READLINE_LINE READLINE_MARK \
    READLINE_POINT REPLY
    """

  /// mksh(1), Parameters.
  private static let mksh = "EXECSHELL PATHSEP PGRP USER_ID"
}
