package dev.cocolab.peers;

import dev.cocolab.peers.PeerException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The folder with the programs of a control plane.
 *
 * @param folder absolute
 */
public record KubeAssets(Path folder) {
  /** The environment variable that names the folder. */
  public static final String VARIABLE = "KUBE_ASSETS";

  /** Why a test that needs a real control plane is skipped. */
  public static final String ABSENT =
      "skipped: "
          + VARIABLE
          + " does not name a folder with etcd, kube-apiserver and kube-controller-manager";

  private static final List<String> PROGRAMS =
      List.of("etcd", "kube-apiserver", "kube-controller-manager");

  public KubeAssets {
    folder = folder.toAbsolutePath();
  }

  /**
   * What the environment names; empty when it names nothing.
   *
   * @throws PeerException {@code ASSETS_INCOMPLETE} when a program is missing there: a test that
   *     was asked for is not skipped in silence
   */
  public static Optional<KubeAssets> find(Map<String, String> environment) {
    String value = environment.getOrDefault(VARIABLE, "");
    if (value.isBlank()) {
      return Optional.empty();
    }
    KubeAssets assets = new KubeAssets(Path.of(value));
    for (String program : PROGRAMS) {
      if (!Files.isExecutable(assets.program(program))) {
        throw new PeerException(
            Reason.ASSETS_INCOMPLETE,
            VARIABLE + " is " + value + ", where there is no program " + program + ".");
      }
    }
    return Optional.of(assets);
  }

  Path program(String name) {
    return folder.resolve(name);
  }
}
