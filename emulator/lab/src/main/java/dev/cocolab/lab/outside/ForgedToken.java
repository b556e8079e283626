package dev.cocolab.lab.outside;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.security.SecureRandom;
import java.time.Instant;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An attestation token that looks like that of an attested guest: the members of an Entity
 * Attestation Result (draft-ietf-rats-ear) with status {@code affirming}, a {@code tee-pubkey} of
 * the forger's, signed ES256 with the forger's key, whose public half stands in the header (RFC
 * 7515, 4.1.3). A broker that has trust anchors must not take it.
 */
public final class ForgedToken {
  private static final long LIFE_SECONDS = 300;

  private ForgedToken() {}

  /** The token in compact form, valid from now for five minutes. */
  public static String sign(SecureRandom random, Instant now) {
    try {
      ECKey signer =
          new ECKeyGenerator(Curve.P_256)
              .algorithm(JWSAlgorithm.ES256)
              .secureRandom(random)
              .generate();
      ECKey tee = new ECKeyGenerator(Curve.P_256).secureRandom(random).generate();
      JWSObject token =
          new JWSObject(
              new JWSHeader.Builder(JWSAlgorithm.ES256)
                  .type(JOSEObjectType.JWT)
                  .jwk(signer.toPublicJWK())
                  .build(),
              new Payload(claims(tee, now).toString()));
      token.sign(new ECDSASigner(signer));
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException("every JDK signs with P-256", e);
    }
  }

  private static ObjectNode claims(ECKey tee, Instant now) {
    JsonMapper json = JsonMapper.shared();
    ObjectNode claims = json.createObjectNode();
    claims.put("eat_profile", "tag:github.com,2024:confidential-containers/Trustee");
    claims.put("iat", now.getEpochSecond()).put("nbf", now.getEpochSecond());
    claims.put("exp", now.getEpochSecond() + LIFE_SECONDS);
    claims.put("iss", "CoCo-Attestation-Service");
    claims
        .putObject("ear.verifier-id")
        .put("build", "0")
        .put("developer", "https://confidentialcontainers.org");
    ObjectNode cpu = claims.putObject("submods").putObject("cpu0");
    cpu.put("ear.status", "affirming").put("ear.appraisal-policy-id", "default");
    cpu.putObject("ear.trustworthiness-vector")
        .put("configuration", 2)
        .put("executables", 3)
        .put("hardware", 2);
    ObjectNode evidence = cpu.putObject("ear.veraison.annotated-evidence");
    evidence
        .putObject("runtime_data_claims")
        .set("tee-pubkey", json.readTree(tee.toPublicJWK().toJSONString()));
    return claims;
  }
}
