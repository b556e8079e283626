package dev.cocolab.sandbox;

/** With which rights the namespaces are made. */
enum Mode {
  /** The emulator is root with CAP_SYS_ADMIN: real user ids, no user namespace. */
  ROOT("root"),
  /** An ordinary user: everything lies in a user namespace that maps one user and one group. */
  USER("user");

  private final String word;

  Mode(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }
}
