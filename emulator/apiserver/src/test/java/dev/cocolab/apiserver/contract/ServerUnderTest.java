package dev.cocolab.apiserver.contract;

import dev.cocolab.apiserver.PemIdentity;
import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RunningServer;
import dev.cocolab.peers.ControlPlane;
import dev.cocolab.peers.KubeAssets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A server that the contract is held against.
 *
 * @param admin a client with the certificate of a member of {@code system:masters}
 * @param bare a client without a credential
 * @param server what to stop
 */
record ServerUnderTest(RawClient admin, RawClient bare, AutoCloseable server) {

  static ServerUnderTest embedded() {
    RunningServer running = new RunningServer();
    PemIdentity admin = running.authority.client("admin", "system:masters");
    return new ServerUnderTest(
        new RawClient(running, Optional.empty(), Optional.of(admin)),
        new RawClient(running, Optional.empty(), Optional.empty()),
        running);
  }

  /** Without controllers, as the embedded server is without them here. */
  static ServerUnderTest real(KubeAssets assets, Path folder) {
    ControlPlane plane = ControlPlane.start(assets, folder);
    PemIdentity admin = new PemIdentity(plane.admin().certificatePem(), plane.admin().keyPem());
    return new ServerUnderTest(
        new RawClient(plane.url(), plane.caPem(), Optional.empty(), Optional.of(admin)),
        new RawClient(plane.url(), plane.caPem(), Optional.empty(), Optional.empty()),
        plane);
  }
}
