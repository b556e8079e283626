package dev.cocolab.junit;

import dev.cocolab.broker.AttestationJournal;
import dev.cocolab.broker.KbsProgram;
import dev.cocolab.broker.RunningKbs;
import dev.cocolab.broker.Surroundings;
import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.Tee;
import dev.cocolab.fixtures.InitdataTemplate;
import dev.cocolab.guest.GuestSurroundings;
import dev.cocolab.image.ImageStore;
import dev.cocolab.junit.EmbeddingException.Reason;
import dev.cocolab.lab.EventLoops;
import dev.cocolab.lab.OpenParts;
import dev.cocolab.lab.authority.Identity;
import dev.cocolab.lab.authority.LabAuthority;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.protocol.Profile;
import dev.cocolab.tee.BootImage;
import dev.cocolab.tee.EmulatedVerifiers;
import dev.cocolab.tee.PlatformAuthority;
import dev.cocolab.tee.RsaKeyPool;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Trustee alone: the key broker over TLS on a loopback address, with what it holds and decides set
 * from the test, and guests that ask it. Needs neither a cluster nor Linux namespaces nor rights.
 *
 * <p>Until the test says otherwise a resource goes to guests whose attestation is affirming, which
 * a guest that {@link #guest()} boots is. What is set counts from the next request on.
 *
 * <p>The first start on a machine makes the emulated hardware's root keys in the home folder, which
 * takes some seconds; every later one reads them. Safe for use by several threads.
 */
public final class Trustee implements AutoCloseable {
  private static final int START_SECONDS = 20;
  private static final int LOG_LINES = 10_000;
  private static final int KEYS_OF_A_GUEST = 2;
  private static final String LOOPBACK = "127.0.0.1";
  private static final int INITDATA_PCR = 8;

  private final OpenParts open = new OpenParts();
  private final LogLines log = new LogLines(LOG_LINES);
  private final Clock clock = Clock.systemUTC();
  private final SecureRandom random = new SecureRandom();
  private final AttestationJournal journal = new AttestationJournal();
  private final Profile profile;
  private final Vertx vertx;
  private final RsaKeyPool keys;
  private final PlatformAuthority platform;
  private final Identity identity;
  private final TrusteeFiles files;
  private final ImageStore images;
  private final InetSocketAddress address;
  private final Initdata initdata;

  private Trustee(Path home, Profile profile, Map<Tee, EvidenceVerifier> more) {
    this.profile = profile;
    try {
      this.keys = open.own(RsaKeyPool.start(KEYS_OF_A_GUEST, random));
      Path roots = Home.made(home).resolve("roots");
      this.platform = PlatformAuthority.open(roots.resolve("platform"), random, clock);
      this.identity = selfSigned("kbs");
      this.files = open.own(TrusteeFiles.make(identity, selfSigned("token")));
      files.attestationPolicy(TrusteeFiles.text("attestation-policy.rego"));
      files.resourcePolicy(TrusteeFiles.text("resource-policy.rego"));
      this.images = open.own(ImageStore.open(files.layers()));
      this.vertx = EventLoops.start();
      open.own(
          () -> vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS));
      this.address = listen(more);
      this.initdata =
          Initdata.parse(InitdataTemplate.render(url().toString(), identity.certificatePem()));
      allow(BootImage.defaultPodVm(), initdata);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Starts with every default. */
  public static Trustee start() {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Options, each with a default. */
  public static final class Builder {
    private Path home = Home.ofUser(System.getenv());
    private Profile profile = Profile.redhat12();
    private final Map<Tee, EvidenceVerifier> verifiers = new EnumMap<>(Tee.class);

    private Builder() {}

    /** Where this machine's emulated roots are; {@code COCOLAB_HOME} or {@code ~/.cocolab}. */
    public Builder home(Path folder) {
      this.home = Objects.requireNonNull(folder, "folder");
      return this;
    }

    /** The release whose answers are given; {@link Profile#redhat12()} unless told otherwise. */
    public Builder profile(Profile chosen) {
      this.profile = Objects.requireNonNull(chosen, "chosen");
      return this;
    }

    /**
     * Judges evidence of one more kind, such as that of a GPU beside a guest's own; or of a known
     * kind in another way, such as with a vendor's roots.
     */
    public Builder verifier(EvidenceVerifier verifier) {
      verifiers.put(verifier.tee(), verifier);
      return this;
    }

    /**
     * Starts it; returns when it listens.
     *
     * @throws EmbeddingException when it cannot
     */
    public Trustee start() {
      return new Trustee(home, profile, verifiers);
    }
  }

  private Identity selfSigned(String name) {
    return LabAuthority.selfSigned(name, List.of("localhost"), List.of(LOOPBACK), random, clock);
  }

  private InetSocketAddress listen(Map<Tee, EvidenceVerifier> more) {
    Map<Tee, EvidenceVerifier> verifiers = EmulatedVerifiers.of(platform, clock);
    verifiers.putAll(more);
    Surroundings surroundings =
        new Surroundings(
            vertx,
            clock,
            random,
            verifiers,
            Optional.of(platform.roots().label()),
            profile,
            journal);
    RunningKbs running =
        open.own(
            new KbsProgram(surroundings)
                .start(
                    List.of("--config-file", TrusteeFiles.CONFIG),
                    Map.of(),
                    files::resolve,
                    InetAddress.getLoopbackAddress(),
                    log::add));
    CompletableFuture<InetSocketAddress> listening = running.listening().toCompletableFuture();
    try {
      CompletableFuture.anyOf(listening, running.exited().toCompletableFuture())
          .get(START_SECONDS, TimeUnit.SECONDS);
      if (listening.isDone()) {
        return listening.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new EmbeddingException(
          Reason.BROKER_NOT_STARTED, "the broker does not listen:\n" + log.text(), e);
    }
    throw new EmbeddingException(Reason.BROKER_NOT_STARTED, "the broker ended:\n" + log.text());
  }

  /** Base URL, {@code https://127.0.0.1:port}; the API is below {@code /kbs/v0}. */
  public URI url() {
    return URI.create("https://" + LOOPBACK + ":" + address.getPort());
  }

  /** The certificate that clients have to trust, PEM. */
  public String certificatePem() {
    return identity.certificatePem();
  }

  /** The initdata of {@link #guest()}: it names this broker and its certificate. */
  public Initdata initdata() {
    return initdata;
  }

  /**
   * Stores a resource, replacing what is there.
   *
   * @param path {@code repository/type/tag}
   */
  public Trustee resource(String path, byte[] content) {
    if (!path.matches("[A-Za-z0-9._-]+/[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")) {
      throw new EmbeddingException(
          Reason.BAD_ARGUMENT, "a resource has a path repository/type/tag, not '" + path + "'");
    }
    files.resource(path, content.clone());
    return this;
  }

  /** Removes a resource; false when there was none. */
  public boolean removeResource(String path) {
    return files.remove(path);
  }

  /** Sets the policy that decides who gets which resource: Rego, package {@code policy}. */
  public Trustee resourcePolicy(String rego) {
    files.resourcePolicy(rego);
    return this;
  }

  /** Sets the policy that appraises evidence: Rego, package {@code policy}. */
  public Trustee attestationPolicy(String rego) {
    files.attestationPolicy(rego);
    return this;
  }

  /**
   * Registers what is good: the text values that {@code query_reference_value(name)} gives to the
   * attestation policy, replacing those of that name.
   */
  public Trustee referenceValues(String name, List<String> values) {
    files.referenceValue(name, ReferenceValueText.of(name, values));
    return this;
  }

  /** Registers the measurements of an image that boots with a document. */
  public Trustee allow(BootImage image, Initdata document) {
    Map<Integer, byte[]> pcrs = new HashMap<>(image.pcrs());
    pcrs.put(INITDATA_PCR, document.pcr8());
    pcrs.forEach(
        (pcr, value) ->
            referenceValues(
                "snp_pcr%02d".formatted(pcr), List.of(HexFormat.of().formatHex(value))));
    return this;
  }

  /** Boots a guest that is as it should be; the caller closes it. */
  public AttestedGuest guest() {
    return guest(BootImage.defaultPodVm(), initdata);
  }

  /** Boots a guest from another image or with another document; the caller closes it. */
  public AttestedGuest guest(BootImage image, Initdata document) {
    return AttestedGuest.boot(
        platform,
        image,
        document,
        keys,
        new GuestSurroundings(
            vertx, Trustee::loopbackOnly, List.of(), images, clock, random, profile, line -> {}));
  }

  private static InetSocketAddress loopbackOnly(String host, int port) {
    return host.equals(LOOPBACK)
        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), port)
        : InetSocketAddress.createUnresolved(host, port);
  }

  /** What was appraised and answered, with reasons. */
  public AttestationJournal journal() {
    return journal;
  }

  /** The last 10,000 lines of the broker's log. */
  public List<String> log() {
    return log.lines();
  }

  /** Stops the broker and removes its files; guests are the caller's. */
  @Override
  public void close() {
    open.close();
  }
}
