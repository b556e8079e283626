package dev.cocolab.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.image.HostResolver;
import dev.cocolab.image.ImageStore;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.protocol.Profile;
import dev.cocolab.tee.ConfidentialVm;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * One VM's surroundings: a broker over HTTPS at kbs.example, hardware, and waits that take no time
 * but are counted.
 */
final class GuestFixture implements AutoCloseable {

  static final String URL = "https://kbs.example:8443";

  final Vertx vertx = Vertx.vertx();
  final TestAuthority authority;
  final ScriptedBroker broker;
  final ConfidentialVm hardware = TestPlatform.vm("podvm-test-1a2b3c4d");
  final List<String> log = new CopyOnWriteArrayList<>();
  final List<Duration> pauses = new CopyOnWriteArrayList<>();
  final Map<String, InetSocketAddress> hosts = new ConcurrentHashMap<>();

  /** Hosts to which a connection was wanted, in order. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  final ImageStore images;
  Profile profile = Profile.redhat12();
  Clock clock = Clock.systemUTC();

  GuestFixture(Path directory) throws Exception {
    authority = TestAuthority.forHosts("kbs.example", "quay.io");
    broker = ScriptedBroker.start(vertx, Optional.of(authority.identity()));
    hosts.put(
        "kbs.example", new InetSocketAddress(InetAddress.getLoopbackAddress(), broker.port()));
    images = ImageStore.open(directory.resolve("images"));
  }

  GuestSurroundings surroundings() {
    HostResolver resolver =
        (host, port) -> {
          asked.add(host);
          return hosts.getOrDefault(host, InetSocketAddress.createUnresolved(host, port));
        };
    return new GuestSurroundings(
        vertx, resolver, List.of(), images, clock, new SecureRandom(), profile, log::add);
  }

  GuestVm boot(Optional<Initdata> initdata) {
    return GuestVm.boot(hardware, initdata, surroundings(), pauses::add);
  }

  GuestVm bootWith(String image, String policy) {
    return boot(Optional.of(initdata(agentToml(), hubToml(image), policy)));
  }

  String agentToml() {
    return "[token_configs.coco_as]\nurl = '"
        + URL
        + "'\n[token_configs.kbs]\nurl = '"
        + URL
        + "/'\ncert = \"\"\"\n"
        + authority.identity().certificatePem()
        + "\"\"\"\n";
  }

  String hubToml(String image) {
    return "socket = 'unix:///run/confidential-containers/cdh.sock'\ncredentials = []\n[kbc]\nname = 'cc_kbc'\nurl = '"
        + URL
        + "'\nkbs_cert = \"\"\"\n"
        + authority.identity().certificatePem()
        + "\"\"\"\n"
        + image;
  }

  /** A document with these files; empty ones are left out. */
  static Initdata initdata(String agent, String hub, String policy) {
    StringBuilder text =
        new StringBuilder(
            "algorithm = \"sha256\"\nversion = \"0.1.0\"\npod_name = \"x\"\n\n[data]\n");
    for (Map.Entry<String, String> file :
        List.of(
            Map.entry("aa.toml", agent),
            Map.entry("cdh.toml", hub),
            Map.entry("policy.rego", policy))) {
      if (!file.getValue().isEmpty()) {
        text.append('"')
            .append(file.getKey())
            .append("\" = '''\n")
            .append(file.getValue())
            .append("'''\n");
      }
    }
    return Initdata.parse(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** No token, key or resource content may be in the guest's log. */
  void assertNoSecretsIn(List<String> lines) {
    for (String secret : broker.secrets()) {
      assertThat(lines).noneMatch(line -> line.contains(secret));
    }
    assertThat(lines).noneMatch(line -> line.contains("PRIVATE KEY"));
  }

  @Override
  public void close() {
    images.close();
    hardware.close();
    broker.close();
    vertx.close().toCompletionStage().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }
}
