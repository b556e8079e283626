package dev.cocolab.apiserver.http;

import static dev.cocolab.apiserver.http.GuardedServer.RBAC;
import static dev.cocolab.apiserver.http.GuardedServer.assertForbidden;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RawClient.Answer;
import dev.cocolab.apiserver.json.Trees;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests for certificates: who asks, who approves, who signs. */
class SigningRequestTest {
  private static final String REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
  private static final String SIGNER = "kubernetes.io/kube-apiserver-client";
  private static final String MERGE = "application/merge-patch+json";
  private static final String APPROVED =
      "{'status':{'conditions':[{'type':'Approved','status':'True','reason':'Test'}]}}";

  @RegisterExtension private static final GuardedServer SERVER = new GuardedServer();

  private static KeyPair pair;

  @BeforeAll
  static void rules() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    pair = generator.generateKeyPair();
    // everything about requests, nothing about signers
    SERVER.created(
        RBAC + "/clusterroles",
        "{'metadata':{'name':'requests'},'rules':[{'verbs':['*'],"
            + "'apiGroups':['certificates.k8s.io'],'resources':["
            + "'certificatesigningrequests','certificatesigningrequests/approval',"
            + "'certificatesigningrequests/status']}]}");
    SERVER.created(
        RBAC + "/clusterroles",
        "{'metadata':{'name':'approver'},'rules':[{'verbs':['approve'],"
            + "'apiGroups':['certificates.k8s.io'],'resources':['signers'],"
            + "'resourceNames':['kubernetes.io/*']}]}");
    bind("requests", "clerk");
    bind("requests", "actor");
    bind("approver", "actor");
  }

  private static void bind(String role, String user) {
    SERVER.created(
        RBAC + "/clusterrolebindings",
        GuardedServer.binding(role + "-" + user, "ClusterRole", role, user));
  }

  private static String request(String subject) {
    try {
      StringWriter text = new StringWriter();
      try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
        writer.writeObject(
            new JcaPKCS10CertificationRequestBuilder(new X500Name(subject), pair.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
      }
      return base64(text.toString());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String body(String name, String spec) {
    return "{'metadata':{'name':'" + name + "'},'spec':{" + spec + "}}";
  }

  private static String spec(String subject) {
    return "'request':'"
        + request(subject)
        + "','signerName':'"
        + SIGNER
        + "','usages':['client auth']";
  }

  private static Answer patch(RawClient who, String path, String json) {
    return who.send("PATCH", path, MERGE, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theServerWritesWhoAsks() {
    Answer answer =
        SERVER
            .clerk()
            .send(
                "POST",
                REQUESTS,
                body("asker", spec("CN=me") + ",'username':'root','groups':['system:masters']"));

    assertThat(answer.code()).as(answer.body()).isEqualTo(201);
    assertThat(Trees.textOrEmpty(answer.json(), "spec", "username")).isEqualTo("clerk");
    assertThat(Trees.texts(answer.json(), "spec", "groups"))
        .containsExactly("office", "system:authenticated");
  }

  @Test
  void approvalNeedsARightForTheSigner() {
    SERVER.created(REQUESTS, body("approval", spec("CN=me")));

    assertForbidden(
        patch(SERVER.clerk(), REQUESTS + "/approval/approval", APPROVED),
        "certificatesigningrequests.certificates.k8s.io \"approval\" is forbidden: user not"
            + " permitted to approve requests with signerName \""
            + SIGNER
            + "\"");
    Answer approved = patch(SERVER.as("actor"), REQUESTS + "/approval/approval", APPROVED);
    assertThat(approved.code()).as(approved.body()).isEqualTo(200);
    assertThat(Trees.objects(approved.json(), "status", "conditions"))
        .hasSize(1)
        .allSatisfy(
            condition -> assertThat(Trees.textOrEmpty(condition, "lastUpdateTime")).isNotEmpty());
    Answer revoked =
        patch(SERVER.as("actor"), REQUESTS + "/approval/approval", "{'status':{'conditions':[]}}");
    assertThat(revoked.code()).isEqualTo(422);
    assertThat(revoked.message())
        .contains("updates may not remove a condition of type \"Approved\"");
  }

  @Test
  void theStatusTakesNoApprovalAndNoCertificateOfTheApprover() {
    SERVER.created(REQUESTS, body("status", spec("CN=me")));

    Answer sneaked = patch(SERVER.as("actor"), REQUESTS + "/status/status", APPROVED);
    assertThat(sneaked.code()).isEqualTo(422);
    assertThat(sneaked.message()).contains("updates may not add a condition of type \"Approved\"");
    String certificate = "{'status':{'certificate':'" + base64("pem") + "'}}";
    assertForbidden(
        patch(SERVER.as("actor"), REQUESTS + "/status/status", certificate),
        "certificatesigningrequests.certificates.k8s.io \"status\" is forbidden: user not"
            + " permitted to sign requests with signerName \""
            + SIGNER
            + "\"");
    Answer approval = patch(SERVER.as("actor"), REQUESTS + "/status/approval", certificate);
    assertThat(approval.code()).as(approval.body()).isEqualTo(200);
    assertThat(Trees.text(approval.json(), "status", "certificate")).isEmpty();
    Answer signed = patch(SERVER.admin(), REQUESTS + "/status/status", certificate);
    assertThat(Trees.textOrEmpty(signed.json(), "status", "certificate")).isEqualTo(base64("pem"));
  }

  @Test
  void aSpecificationNeverChanges() {
    SERVER.created(REQUESTS, body("fixed", spec("CN=me")));

    Answer changed =
        patch(SERVER.admin(), REQUESTS + "/fixed", "{'spec':{'signerName':'example.com/other'}}");
    assertThat(changed.code()).as(changed.body()).isEqualTo(200);
    assertThat(Trees.textOrEmpty(changed.json(), "spec", "signerName")).isEqualTo(SIGNER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "O=system:masters,CN=me",
        "O=system:nodes+O=system:masters,CN=system:node:x",
        "CN=me+O=system:masters"
      })
  void nobodyAsksToBeAMaster(String subject) {
    assertForbidden(
        SERVER.admin().send("POST", REQUESTS, body("master", spec(subject))),
        "certificatesigningrequests.certificates.k8s.io \"master\" is forbidden: use of "
            + SIGNER
            + " signer with system:masters group is not allowed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'request':'aGVsbG8=','signerName':'a.b/c','usages':['client auth'] | spec.request",
        "'request':'REQUEST','signerName':'plain','usages':['client auth'] | spec.signerName",
        "'request':'REQUEST','usages':['client auth'] | spec.signerName",
        "'request':'REQUEST','signerName':'a.b/c' | spec.usages",
        "'request':'REQUEST','signerName':'a.b/c','usages':['flying'] | spec.usages[0]",
        "'request':'REQUEST','signerName':'a.b/c','usages':['any'],'expirationSeconds':599 |"
            + " spec.expirationSeconds"
      },
      quoteCharacter = '~')
  void whatIsNoRequestIsRefusedByField(String spec, String field) {
    Answer answer =
        SERVER
            .admin()
            .send("POST", REQUESTS, body("bad", spec.replace("REQUEST", request("CN=me"))));
    assertThat(answer.code()).as(answer.body()).isEqualTo(422);
    assertThat(answer.json().path("details").path("causes"))
        .singleElement()
        .satisfies(cause -> assertThat(Trees.textOrEmpty(cause, "field")).isEqualTo(field));
  }

  @Test
  void tableSaysHowFarARequestIs() {
    SERVER.created(REQUESTS, body("shown", spec("CN=me") + ",'expirationSeconds':86400"));
    patch(SERVER.admin(), REQUESTS + "/shown/approval", APPROVED);

    Answer table =
        SERVER
            .admin()
            .send(
                "GET",
                REQUESTS + "?fieldSelector=metadata.name%3Dshown",
                "application/json",
                new byte[0],
                "Accept",
                "application/json;as=Table;v=v1;g=meta.k8s.io");
    assertThat(Trees.objects(table.json(), "columnDefinitions"))
        .extracting(column -> Trees.textOrEmpty(column, "name"))
        .containsExactly(
            "Name", "Age", "SignerName", "Requestor", "RequestedDuration", "Condition");
    assertThat(table.json().path("rows").path(0).path("cells"))
        .extracting(cell -> cell.asString())
        .contains(SIGNER, "24h", "Approved");
  }

  @Test
  void theAuthorityOfClientsIsPublished() {
    Answer map =
        SERVER
            .admin()
            .get("/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication");
    assertThat(Trees.textOrEmpty(map.json(), "data", "client-ca-file"))
        .startsWith("-----BEGIN CERTIFICATE-----");
  }
}
