package dev.cocolab.cli.evidence;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.evidence.dcap.CaKind;
import dev.cocolab.evidence.dcap.CollateralSource;
import dev.cocolab.evidence.dcap.RevocationList;
import dev.cocolab.evidence.dcap.SignedDocument;
import dev.cocolab.evidence.dcap.StoredCollateral;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Collateral of Intel's provisioning certification service in a folder. What a file is says its
 * content: TCB infos and identities of the quoting enclave as the service answers them, revocation
 * lists in DER, their issuer chains in PEM, or the one file of Intel's PCS client tool. Other files
 * are passed over.
 *
 * <p>Of several identities the one of the same evaluation as the TCB info of the platform counts;
 * where none is, the latest. Serves one verification.
 */
final class FolderCollateral implements CollateralSource {
  private static final String TCB_SIGNER = "Intel SGX TCB Signing";
  private static final String ROOT = "Intel SGX Root CA";
  private static final byte DER = 0x30;

  /** An answer of the service, as text, because its bytes are signed. */
  private record Answer(String text, JsonNode content) {
    long evaluation() {
      return content.path("tcbEvaluationDataNumber").asLong(0);
    }
  }

  private final Path folder;
  private final List<Answer> tcbInfos = new ArrayList<>();
  private final List<Answer> identities = new ArrayList<>();
  private final List<byte[]> lists = new ArrayList<>();
  private final List<InputFile> chains = new ArrayList<>();
  private Optional<InputFile> toolFile = Optional.empty();
  private StoredCollateral stored;

  private FolderCollateral(Path folder) {
    this.folder = folder;
  }

  /**
   * Reads a folder.
   *
   * @throws CliException {@link ExitCode#USAGE} if it cannot be read, or holds nothing of use
   */
  static FolderCollateral read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new CliException(ExitCode.USAGE, "--collateral %s is no folder".formatted(folder));
    }
    FolderCollateral found = new FolderCollateral(folder);
    Certificates.files(folder).forEach(file -> found.sort(InputFile.read(file)));
    found.stored = found.store("");
    return found;
  }

  private void sort(InputFile file) {
    if (file.looksLikeJson()) {
      JsonNode json = file.json();
      if (json.has("collaterals")) {
        toolFile = Optional.of(file);
      } else if (json.has("tcbInfo")) {
        tcbInfos.add(new Answer(file.text(), json.path("tcbInfo")));
      } else if (json.has("enclaveIdentity")) {
        identities.add(new Answer(file.text(), json.path("enclaveIdentity")));
      }
    } else if (file.startsWith(DER)) {
      lists.add(file.bytes());
    } else if (Certificates.isCertificate(file)) {
      chains.add(file);
    }
  }

  private StoredCollateral store(String fmspc) {
    try {
      return toolFile.isPresent()
          ? StoredCollateral.ofToolFile(toolFile.get().text())
          : together(fmspc);
    } catch (IllegalArgumentException e) {
      throw new CliException(
          ExitCode.USAGE, "--collateral %s: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private StoredCollateral together(String fmspc) {
    if (tcbInfos.isEmpty() && identities.isEmpty() && lists.isEmpty()) {
      throw new IllegalArgumentException(
          "it holds no TCB info, no identity of a quoting enclave and no revocation list");
    }
    StoredCollateral.Builder builder = StoredCollateral.builder();
    for (Answer info : tcbInfos) {
      builder.tcbInfo(info.text(), chain(TCB_SIGNER));
    }
    identity(fmspc).ifPresent(answer -> builder.qeIdentity(answer.text(), chain(TCB_SIGNER)));
    for (byte[] list : lists) {
      add(builder, list);
    }
    return builder.build();
  }

  private Optional<Answer> identity(String fmspc) {
    return tcbInfos.stream()
        .filter(info -> info.content().path("fmspc").asString("").equalsIgnoreCase(fmspc))
        .flatMap(info -> identities.stream().filter(one -> one.evaluation() == info.evaluation()))
        .findFirst()
        .or(() -> identities.stream().max(Comparator.comparingLong(Answer::evaluation)));
  }

  private void add(StoredCollateral.Builder builder, byte[] der) {
    String issuer;
    try {
      X509CRL list =
          (X509CRL)
              CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
      issuer = list.getIssuerX500Principal().getName();
    } catch (CRLException | CertificateException e) {
      throw new IllegalArgumentException("a file of it in DER is no revocation list", e);
    }
    if (issuer.contains(ROOT)) {
      builder.rootCrl(der);
      return;
    }
    for (CaKind kind : CaKind.values()) {
      if (issuer.contains(kind.commonName())) {
        builder.pckCrl(kind, der, chain(kind.commonName()));
      }
    }
  }

  /** The chain that begins with the certificate of this name. */
  private byte[] chain(String commonName) {
    for (InputFile file : chains) {
      Optional<String> first =
          Certificates.commonName(Certificates.ofFile(file).get(0).certificate());
      if (first.equals(Optional.of(commonName))) {
        return file.bytes();
      }
    }
    throw new IllegalArgumentException(
        "no issuer chain of it, PEM, begins with '%s'".formatted(commonName));
  }

  @Override
  public SignedDocument tcbInfo(String fmspc) {
    stored = store(fmspc);
    return stored.tcbInfo(fmspc);
  }

  @Override
  public SignedDocument qeIdentity() {
    return stored.qeIdentity();
  }

  @Override
  public RevocationList pckCrl(CaKind kind) {
    return stored.pckCrl(kind);
  }

  @Override
  public RevocationList rootCrl() {
    return stored.rootCrl();
  }
}
