package dev.cocolab.node.vm;

import dev.cocolab.guest.AgentRequest;
import dev.cocolab.guest.PolicyVerdict;
import dev.cocolab.image.UnpackedImage;
import dev.cocolab.node.PodVm;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A machine that leaves the inventory when it is shut down. */
final class Registered implements PodMachine {
  private final PodMachine machine;
  private final Map<PodMachine, PodVm> running;

  Registered(PodMachine machine, Map<PodMachine, PodVm> running) {
    this.machine = machine;
    this.running = running;
  }

  @Override
  public String name() {
    return machine.name();
  }

  @Override
  public String size() {
    return machine.size();
  }

  @Override
  public UUID vmId() {
    return machine.vmId();
  }

  @Override
  public PolicyVerdict ask(AgentRequest request) {
    return machine.ask(request);
  }

  @Override
  public PolicyVerdict setPolicy(String rego) {
    return machine.setPolicy(rego);
  }

  @Override
  public UnpackedImage pull(String reference) {
    return machine.pull(reference);
  }

  @Override
  public String unsealVariable(String value) {
    return machine.unsealVariable(value);
  }

  @Override
  public String unsealCommandVariable(String value) {
    return machine.unsealCommandVariable(value);
  }

  @Override
  public Optional<byte[]> unsealFile(byte[] content) {
    return machine.unsealFile(content);
  }

  @Override
  public void serveApi(Path socket) {
    machine.serveApi(socket);
  }

  @Override
  public void close() {
    running.remove(this);
    machine.close();
  }
}
