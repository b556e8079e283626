package dev.cocolab.broker;

import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.Tee;
import dev.cocolab.protocol.Profile;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the broker gets from outside.
 *
 * @param vertx runs its server
 * @param clock for sessions, tokens and the log
 * @param random for nonces, session ids and keys
 * @param verifiers one for each TEE whose evidence is judged; evidence of any other is refused
 * @param emulatedRoots a name of the roots of trust, when they are emulated: then every attestation
 *     says so in the log
 * @param profile the release that is emulated
 * @param journal where every appraisal and access is recorded
 */
public record Surroundings(
    Vertx vertx,
    Clock clock,
    SecureRandom random,
    Map<Tee, EvidenceVerifier> verifiers,
    Optional<String> emulatedRoots,
    Profile profile,
    AttestationJournal journal) {

  /** Checks that nothing is missing. */
  public Surroundings {
    Objects.requireNonNull(vertx, "vertx");
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(random, "random");
    verifiers = Map.copyOf(verifiers);
    Objects.requireNonNull(emulatedRoots, "emulatedRoots");
    Objects.requireNonNull(profile, "profile");
    Objects.requireNonNull(journal, "journal");
  }
}
