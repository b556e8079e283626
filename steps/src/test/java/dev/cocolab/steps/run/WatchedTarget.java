package dev.cocolab.steps.run;

import dev.cocolab.steps.record.Secrets;
import dev.cocolab.steps.targets.Blobs;
import dev.cocolab.steps.targets.Capability;
import dev.cocolab.steps.targets.DatasetAddress;
import dev.cocolab.steps.targets.KeyServers;
import dev.cocolab.steps.targets.Target;
import dev.cocolab.steps.targets.TargetProvider;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A provider that notes each secret that its scenarios handle. */
final class WatchedTarget implements TargetProvider {
  private static final Pattern KUBECONFIG =
      Pattern.compile("(?m)^[ -]*(client-key-data|token): *\"?([^\\s\"]+)");

  private final TargetProvider regular;
  private final Map<String, Secrets> seen = new LinkedHashMap<>();

  WatchedTarget(TargetProvider regular) {
    this.regular = regular;
  }

  /** Secrets by what they are. */
  Map<String, Secrets> seen() {
    return Map.copyOf(seen);
  }

  private void note(String what, byte[] secret) {
    seen.computeIfAbsent(what, w -> new Secrets()).add(secret);
  }

  private void note(String what, String secret) {
    note(what, secret.getBytes(StandardCharsets.UTF_8));
  }

  private void noteKubeconfig(String yaml) {
    Matcher found = KUBECONFIG.matcher(yaml);
    while (found.find()) {
      note(found.group(1), found.group(2));
      if (found.group(1).equals("client-key-data")) {
        Base64.Decoder base64 = Base64.getDecoder();
        String pem = new String(base64.decode(found.group(2)), StandardCharsets.US_ASCII);
        // a line of the key's body, which a log of the PEM text would show
        Arrays.stream(pem.split("\n")).skip(1).limit(1).forEach(line -> note("private key", line));
      }
    }
  }

  private void noteSas(String query) {
    Matcher signature = Pattern.compile("sig=([^&\\s]+)").matcher(query);
    if (!signature.find()) {
      throw new AssertionError("an address without a signature");
    }
    note("SAS", signature.group(1));
  }

  @Override
  public String name() {
    return regular.name();
  }

  @Override
  public Set<Capability> capabilities() {
    return regular.capabilities();
  }

  @Override
  public Target open() {
    Target target = regular.open();
    noteKubeconfig(target.clients().kubeconfig());
    Matcher auth =
        Pattern.compile("\"auth\" *: *\"([^\"]+)\"").matcher(target.registry().pullSecret());
    if (!auth.find()) {
      throw new AssertionError("a pull secret without credentials");
    }
    note("registry credentials", auth.group(1));
    note("registry password", Base64.getDecoder().decode(auth.group(1)));
    return new Target(
        target.name(),
        target.clients(),
        target.trustee(),
        target.podVms(),
        target.registry(),
        new WatchedBlobs(target.blobs()),
        new WatchedKeyServers(target.keyServers()),
        target.timeouts(),
        target.capabilities(),
        target::close);
  }

  @Override
  public void close() {
    regular.close();
  }

  private final class WatchedBlobs implements Blobs {
    private final Blobs blobs;

    WatchedBlobs(Blobs blobs) {
      this.blobs = blobs;
    }

    @Override
    public void putEncryptedDataset(byte[] key) {
      note("dataset key", key);
      blobs.putEncryptedDataset(key);
    }

    @Override
    public void deleteEncryptedDataset() {
      blobs.deleteEncryptedDataset();
    }

    @Override
    public String expiredAddress() {
      String address = blobs.expiredAddress();
      noteSas(address);
      return address;
    }

    @Override
    public Optional<DatasetAddress> address() {
      return blobs.address();
    }

    @Override
    public int transactions() {
      return blobs.transactions();
    }
  }

  private final class WatchedKeyServers implements KeyServers {
    private final KeyServers servers;

    WatchedKeyServers(KeyServers servers) {
      this.servers = servers;
    }

    @Override
    public void serve(byte[] key) {
      note("dataset key", key);
      servers.serve(key);
    }

    @Override
    public int handedOut() {
      return servers.handedOut();
    }
  }
}
