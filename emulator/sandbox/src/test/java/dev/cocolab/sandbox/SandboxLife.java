package dev.cocolab.sandbox;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A program of its own for tests that kill the JVM, or that need another user or mount options. */
public final class SandboxLife {
  private SandboxLife() {}

  /**
   * {@code DIRECTORY hold N}: starts N pods whose containers ignore SIGTERM, writes the file {@code
   * holding} and waits. {@code DIRECTORY check}: runs containers and prints what they said.
   */
  public static void main(String[] args) throws Exception {
    Path base = Path.of(args[0]);
    SandboxFixture lab = SandboxFixture.in(base);
    if (args[1].equals("hold")) {
      for (int i = 0; i < Integer.parseInt(args[2]); i++) {
        SandboxContainer container =
            lab.pod().start(lab.shell("trap '' TERM; echo up; while :; do sleep 1; done"));
        SandboxFixture.line(container.stdout());
        container.exec(List.of("sleep", "1000"));
      }
      Files.createFile(base.resolve("holding"));
      Thread.currentThread().join();
    }
    StringBuilder report = new StringBuilder();
    report.append(lab.run(lab.shell("id -u; ls -ln /proc/self/fd | head -1")).out());
    Path volume = Files.createDirectory(base.resolve("volume"));
    List<Mount> mounts = List.of(new Mount(volume, "/data", false));
    report.append(lab.run(lab.shell("echo key > /data/key").withMounts(mounts)).err());
    report.append(
        lab.run(lab.shell("id -u; cat /data/key").withMounts(mounts).withUser(1001, 0)).out());
    lab.close();
    Files.writeString(
        Path.of(base + ".report"), report.append("end\n").toString(), StandardCharsets.UTF_8);
  }
}
