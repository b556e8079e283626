package dev.cocolab.node.vm;

import dev.cocolab.guest.AgentRequest;
import dev.cocolab.guest.PolicyVerdict;
import dev.cocolab.image.UnpackedImage;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** A running pod VM with its guest. Calls may block. */
public interface PodMachine extends AutoCloseable {
  /** {@code podvm-<pod>-<8 hex>}. */
  String name();

  /** Azure VM size. */
  String size();

  /** The identity that the machine's evidence carries, where its kind of evidence has one. */
  UUID vmId();

  /** What the agent's policy says about a request of the runtime. */
  PolicyVerdict ask(AgentRequest request);

  /** Gives the agent another policy, if the one that it has allows that. */
  PolicyVerdict setPolicy(String rego);

  /** Whether the agent's policy allows a request; a failing policy does not. */
  default boolean allows(AgentRequest request) {
    return ask(request).isAllowed();
  }

  /**
   * Pulls an image inside the guest, by the image policy of its broker.
   *
   * @throws GuestRefusal if it is refused or fails
   */
  UnpackedImage pull(String reference);

  /**
   * What a container in this machine sees of a variable: a sealed value is exchanged for its secret
   * and stays as it is where that fails.
   */
  String unsealVariable(String value);

  /** What a command in such a container sees of a variable; sealed values stay in some releases. */
  String unsealCommandVariable(String value);

  /** The secret that a sealed file points to; empty where it is none or cannot be exchanged. */
  Optional<byte[]> unsealFile(byte[] content);

  /** Serves the guest's API on a Unix socket. */
  void serveApi(Path socket);

  /** Shuts the VM down. */
  @Override
  void close();
}
