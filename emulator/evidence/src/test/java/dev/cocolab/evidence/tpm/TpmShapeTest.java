package dev.cocolab.evidence.tpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What evidence looks like, and what is said when it looks otherwise. */
class TpmShapeTest {

  private static final TestTpm TPM = TestTpm.withKey("RSA", 2048);
  private static final String CONVERT = "Failed to convert quote from string format: ";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Property
  void signaturesAreReadAsTheyWereWritten(@ForAll @Size(max = 512) byte[] block) {
    TpmtSignature signature = TpmtSignature.rsassaSha256(block);

    assertThat(TpmtSignature.parse(signature.encode()).block()).isEqualTo(block);
  }

  @Property
  void evidenceIsReadAsItWasWritten(
      @ForAll @Size(max = 600) byte[] ak,
      @ForAll @Size(max = 512) byte[] block,
      @ForAll @Size(max = 200) byte[] message,
      @ForAll @Size(max = 64) List<@Size(32) byte[]> pcrs) {
    ObjectNode json = TpmEvidence.of(ak, TpmQuote.of(block, message, pcrs)).toJson();
    TpmEvidence read = TpmEvidence.parse(JSON.readTree(json.toString()));

    assertThat(read.toJson()).isEqualTo(json);
    assertThat(Base64.getDecoder().decode(read.akPublic())).isEqualTo(ak);
    assertThat(read.quote().signature()).isEqualTo(block);
    assertThat(read.quote().message()).isEqualTo(message);
    assertThat(read.quote().pcrs()).containsExactlyElementsOf(pcrs);
  }

  @ParameterizedTest
  @CsvSource({
    "'', ak_public, `ak_public` is not a string",
    "'', tpm_quote, missing field `tpm_quote`",
    "/tpm_quote, signature, `signature` is not a string",
    "/tpm_quote, message, `message` is not a string",
    "/tpm_quote, pcrs, `pcrs` is not a list"
  })
  void everyMemberIsNeeded(String parent, String name, String cause) {
    refused(
        evidence -> ((ObjectNode) evidence.at(parent)).remove(name),
        Refusal.TPM_EVIDENCE_MALFORMED,
        "Failed to deserialize TPM Evidence: " + cause);
  }

  @Test
  void membersOfOtherTypes() {
    String start = "Failed to deserialize TPM Evidence: ";
    refused(e -> e.put("ak_public", 1), Refusal.TPM_EVIDENCE_MALFORMED, start);
    refused(e -> e.put("tpm_quote", "x"), Refusal.TPM_EVIDENCE_MALFORMED, start);
    refused(e -> quote(e).putArray("signature"), Refusal.TPM_EVIDENCE_MALFORMED, start);
    refused(e -> quote(e).putNull("message"), Refusal.TPM_EVIDENCE_MALFORMED, start);
    refused(e -> quote(e).put("pcrs", ""), Refusal.TPM_EVIDENCE_MALFORMED, start);
    refused(e -> pcrs(e).set(3, 7), Refusal.TPM_EVIDENCE_MALFORMED, start);
    refused(
        e -> {
          for (int i = 0; i < 41; i++) {
            pcrs(e).add("00".repeat(32));
          }
        },
        Refusal.TPM_EVIDENCE_MALFORMED,
        start + "`pcrs` has more than 64 elements");
  }

  @Test
  void unknownMembersAreIgnored() {
    ObjectNode evidence = TPM.evidence();
    evidence.put("version", 9);
    quote(evidence).put("extra", true);

    assertThat(new TpmVerifier().verify(evidence, binding())).hasSize(1);
  }

  @Test
  void registersAreHexOfEitherCaseAnd32Bytes() {
    ObjectNode upper = TPM.evidence();
    pcrs(upper).set(17, "FF".repeat(32));
    assertThat(new TpmVerifier().verify(upper, binding()).get(0).claims().path("pcr17").asString())
        .isEqualTo("ff".repeat(32));

    String length = CONVERT + "PCR should be 64 hex characters (32 bytes), got ";
    refused(e -> pcrs(e).set(0, ""), Refusal.TPM_PCR_LENGTH, length + 0);
    refused(e -> pcrs(e).set(0, "00".repeat(31)), Refusal.TPM_PCR_LENGTH, length + 62);
    refused(e -> pcrs(e).set(23, "00".repeat(33)), Refusal.TPM_PCR_LENGTH, length + 66);
    refused(e -> pcrs(e).set(23, "ü".repeat(64)), Refusal.TPM_PCR_LENGTH, length + 128);
    refused(
        e -> pcrs(e).set(0, "0g".repeat(32)),
        Refusal.TPM_PCR_ENCODING,
        CONVERT + "Failed to decode PCR from hex: " + "0g".repeat(32));
    refused(
        e -> pcrs(e).set(0, "ü".repeat(32)),
        Refusal.TPM_PCR_ENCODING,
        CONVERT + "Failed to decode PCR from hex: " + "ü".repeat(32));
  }

  @Test
  void base64IsStandardPaddedAndCanonical() {
    // 262, 145 and 294 bytes: each text ends with padding
    for (UnaryOperator<String> change :
        List.<UnaryOperator<String>>of(
            text -> "*" + text.substring(1),
            text -> "-" + text.substring(1),
            text -> text + "=",
            text -> text + "\n",
            text -> " " + text,
            text -> text.substring(1))) {
      refused(
          e -> quote(e).put("signature", change.apply(quote(e).path("signature").asString())),
          Refusal.TPM_SIGNATURE_ENCODING,
          CONVERT + "Failed to decode signature from base64: ");
      refused(
          e -> quote(e).put("message", change.apply(quote(e).path("message").asString())),
          Refusal.TPM_MESSAGE_ENCODING,
          CONVERT + "Failed to decode message from base64: ");
      refused(
          e -> e.put("ak_public", change.apply(e.path("ak_public").asString())),
          Refusal.TPM_AK_ENCODING,
          "Base64 decode of AK public failed: ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0016", "0018", "001a", "001b", "001c", "0005", "0010"})
  void signaturesOfOtherAlgorithms(String algorithm) {
    refusedSignature(
        bytes -> System.arraycopy(hex(algorithm), 0, bytes, 0, 2),
        Refusal.TPM_SIGNATURE_TYPE,
        "Unsupported signature type, expected RSA-SSA");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0004", "000c", "000d", "0010", "0012", "0027", "0028", "0029"})
  void signaturesWithOtherHashes(String hash) {
    refusedSignature(
        bytes -> System.arraycopy(hex(hash), 0, bytes, 2, 2),
        Refusal.TPM_SIGNATURE_HASH,
        "Unsupported signature hash, expected SHA-256");
  }

  @Test
  void signaturesNoTpmWrites() {
    String text = "Failed to unmarshal TSS signature: ";
    refusedSignature(
        b -> b[0] = 1, Refusal.TPM_SIGNATURE_MALFORMED, text + "signature algorithm 0x0114");
    refusedSignature(
        b -> b[2] = 1, Refusal.TPM_SIGNATURE_MALFORMED, text + "hash algorithm 0x010b");
    refusedSignature(b -> b[5] = 1, Refusal.TPM_SIGNATURE_MALFORMED, text + "ends within a field");
    refusedSignature(
        b -> b[4] = 3, Refusal.TPM_SIGNATURE_MALFORMED, text + "RSA block of 768 bytes");
    refusedSignature(
        b -> {
          b[4] = 0;
          b[5] = (byte) 0xff;
        },
        Refusal.TPM_SIGNATURE_MALFORMED,
        text + "1 bytes after the structure");
    byte[] whole = signature(TPM.evidence());
    for (int size = 0; size < whole.length; size++) {
      byte[] part = Arrays.copyOf(whole, size);
      refused(
          e -> quote(e).put("signature", base64(part)),
          Refusal.TPM_SIGNATURE_MALFORMED,
          CONVERT + text + "ends within a field");
    }
    refused(
        e -> quote(e).put("signature", base64(Arrays.copyOf(whole, whole.length + 2))),
        Refusal.TPM_SIGNATURE_MALFORMED,
        CONVERT + text + "2 bytes after the structure");
  }

  @Test
  void signatureBlockOfAnotherSizeIsNotOfTheKey() {
    byte[] block = TpmtSignature.parse(signature(TPM.evidence())).block();
    for (int size : new int[] {0, 1, 255, 257, 512}) {
      byte[] other = TpmtSignature.rsassaSha256(Arrays.copyOf(block, size)).encode();
      refused(
          e -> quote(e).put("signature", base64(other)),
          Refusal.TPM_QUOTE_SIGNATURE,
          "TPM quote signature verification failed: quote is not signed by key");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1024, 3072, 4096})
  void keysOf1024To4096BitsAreAccepted(int bits) {
    assertThat(new TpmVerifier().verify(TestTpm.withKey("RSA", bits).evidence(), binding()))
        .hasSize(1);
  }

  @Test
  void otherKeys() {
    String start = "AK public key is not an RSA key of 1024 to 4096 bits: ";
    BigInteger f4 = BigInteger.valueOf(65537);
    refusedKey(
        TestTpm.withKey("RSA", 512).akPublic(), Refusal.TPM_AK_UNSUPPORTED, start + "512 bits");
    refusedKey(spki(odd(1023), f4), Refusal.TPM_AK_UNSUPPORTED, start + "1023 bits");
    refusedKey(spki(odd(4097), f4), Refusal.TPM_AK_UNSUPPORTED, start + "4097 bits");
    refusedKey(spki(odd(16384), f4), Refusal.TPM_AK_UNSUPPORTED, start + "2084 bytes");
    refusedKey(
        TestTpm.withKey("EC", 256).akPublic(),
        Refusal.TPM_AK_UNSUPPORTED,
        start + "algorithm 1.2.840.10045.2.1");
    String numbers = start + "modulus or exponent of no TPM";
    for (BigInteger exponent :
        List.of(
            BigInteger.ONE,
            BigInteger.TWO,
            BigInteger.valueOf(65536),
            BigInteger.ONE.shiftLeft(32).or(BigInteger.ONE))) {
      refusedKey(spki(odd(2048), exponent), Refusal.TPM_AK_UNSUPPORTED, numbers);
    }
    refusedKey(spki(odd(2048).subtract(BigInteger.ONE), f4), Refusal.TPM_AK_UNSUPPORTED, numbers);
  }

  @Test
  void keysThatCannotBeRead() {
    String start = "Failed to parse AK public key: ";
    byte[] genuine = TPM.akPublic();
    refusedKey(new byte[0], Refusal.TPM_AK_MALFORMED, start);
    refusedKey(
        Arrays.copyOf(genuine, genuine.length + 1),
        Refusal.TPM_AK_MALFORMED,
        start + "not a SubjectPublicKeyInfo");
    for (int size = 0; size < genuine.length; size++) {
      refusedKey(Arrays.copyOf(genuine, size), Refusal.TPM_AK_MALFORMED, start);
    }
    byte[] inner = genuine.clone();
    inner[24] = 0x04; // the RSAPublicKey is no sequence
    refusedKey(inner, Refusal.TPM_AK_MALFORMED, start + "not an RSAPublicKey");
  }

  @Test
  void keyIsReadBack() {
    assertThat(TpmEvidence.parse(TPM.evidence()).attestationKey()).isEqualTo(TPM.key().getPublic());
  }

  private static void refusedSignature(Consumer<byte[]> change, Refusal reason, String text) {
    byte[] bytes = signature(TPM.evidence());
    change.accept(bytes);
    refused(e -> quote(e).put("signature", base64(bytes)), reason, CONVERT + text);
  }

  private static void refusedKey(byte[] der, Refusal reason, String text) {
    refused(e -> e.put("ak_public", base64(der)), reason, text);
  }

  /** Refused in either stance, with a chain that starts so. */
  private static void refused(Consumer<ObjectNode> change, Refusal reason, String start) {
    ObjectNode evidence = TPM.evidence();
    change.accept(evidence);
    for (Stance stance : List.of(Stance.strict(), Stance.compatible())) {
      EvidenceException refusal =
          catchThrowableOfType(
              EvidenceException.class, () -> new TpmVerifier(stance).verify(evidence, binding()));
      assertThat(refusal).as("refusal of %s", start).isNotNull();
      assertThat(refusal.chain()).startsWith(start);
      assertThat(refusal.reason()).isEqualTo(reason);
    }
  }

  private static ExpectedBinding binding() {
    return new ExpectedBinding(Optional.of(TestTpm.REPORT_DATA), Optional.of(TestTpm.INIT_DATA));
  }

  private static ObjectNode quote(JsonNode evidence) {
    return (ObjectNode) evidence.path("tpm_quote");
  }

  private static ArrayNode pcrs(JsonNode evidence) {
    return (ArrayNode) quote(evidence).path("pcrs");
  }

  private static byte[] signature(JsonNode evidence) {
    return Base64.getDecoder().decode(quote(evidence).path("signature").asString());
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  private static BigInteger odd(int bits) {
    return BigInteger.ONE.shiftLeft(bits - 1).or(BigInteger.ONE);
  }

  private static byte[] spki(BigInteger modulus, BigInteger exponent) {
    try {
      return new SubjectPublicKeyInfo(
              new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption),
              new RSAPublicKey(modulus, exponent))
          .getEncoded();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
