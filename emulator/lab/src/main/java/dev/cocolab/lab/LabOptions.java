package dev.cocolab.lab;

import dev.cocolab.protocol.Profile;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a lab is started with.
 *
 * @param name used for the cluster's name in the kubeconfig
 * @param apiAddress where the API server listens
 * @param apiPort its TCP port, 0 for any free one
 * @param profile the release that is emulated
 * @param wiring exchanged parts
 * @param data folder in which the cluster outlives the lab
 * @param joined somebody else's cluster to work on, instead of an API server of the lab's own
 * @param progress told when something takes long
 */
record LabOptions(
    String name,
    InetAddress apiAddress,
    int apiPort,
    Profile profile,
    LabWiring wiring,
    Optional<Path> data,
    Optional<JoinedCluster> joined,
    Consumer<String> progress) {
  LabOptions {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(apiAddress, "apiAddress");
    Objects.requireNonNull(profile, "profile");
    Objects.requireNonNull(wiring, "wiring");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(joined, "joined");
    Objects.requireNonNull(progress, "progress");
  }
}
