package dev.cocolab.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RawClient.Answer;
import dev.cocolab.apiserver.RunningServer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Unknown and duplicate fields, in every kind of write. */
class FieldValidationTest {
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final String PODS = "/api/v1/namespaces/default/pods";
  private static final String WIDGETS = "/apis/lab.example.org/v1/namespaces/default/widgets";

  private static RunningServer running;
  private static RawClient client;

  @BeforeAll
  static void start() {
    running = new RunningServer();
    client = new RawClient(running);
    client.send("POST", MAPS, "{'metadata':{'name':'there'},'data':{'a':'b'}}");
    client.send(
        "POST",
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        "{'metadata':{'name':'widgets.lab.example.org'},'spec':{'group':'lab.example.org',"
            + "'scope':'Namespaced','names':{'plural':'widgets','kind':'Widget'},'versions':"
            + "[{'name':'v1','served':true,'storage':true,'schema':{'openAPIV3Schema':{'type':"
            + "'object','properties':{'spec':{'type':'object','properties':{'size':{'type':"
            + "'integer'}}}}}}}]}}");
    client.send(
        "POST",
        WIDGETS,
        "{'apiVersion':'lab.example.org/v1','metadata':{'name':'there'},'spec':{'size':1}}");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static Answer send(String method, String path, String type, String body) {
    return client.send(
        method, path, type, body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> warnings(Answer answer) {
    return answer.headers().getOrDefault("warning", List.of());
  }

  @Test
  void aCreatorIsToldEverythingInOrder() {
    Answer answer =
        client.send(
            "POST",
            PODS + "?fieldValidation=Strict",
            "{'metadata':{'name':'p','labels':{'a':'1','a':'2'}},'spec':{'containerz':[],"
                + "'containers':[{'name':'c','image':'i','imag':'x','image':'j'}]},'spex':1}");

    assertThat(answer.code()).isEqualTo(400);
    assertThat(answer.message())
        .isEqualTo(
            "Pod in version \"v1\" cannot be handled as a Pod: strict decoding error: duplicate"
                + " field \"metadata.labels.a\", unknown field \"spec.containerz\", unknown field"
                + " \"spec.containers[0].imag\", duplicate field \"spec.containers[0].image\","
                + " unknown field \"spex\"");
  }

  @Test
  void manyUnknownFieldsKeepNobodyWaiting() {
    StringBuilder body = new StringBuilder("{'metadata':{'name':'many'},'data':{},'data':{}");
    for (int i = 0; i < 60_000; i++) {
      body.append(",'u").append(i).append("':1");
    }

    Answer answer = client.send("POST", MAPS + "?dryRun=All", body.append('}').toString());

    assertThat(answer.code()).as(answer.message()).isEqualTo(201);
    assertThat(warnings(answer).subList(0, 2))
        .containsExactly(
            "299 - \"duplicate field \\\"data\\\"\"", "299 - \"unknown field \\\"u0\\\"\"");
  }

  @Test
  void yamlIsReadAsStrictly() {
    Answer answer =
        send(
            "POST",
            MAPS + "?fieldValidation=Strict",
            "application/yaml",
            "metadata: {name: y}\ndata: {a: '1'}\ndatas: {}\ndata: {b: '2'}\n");

    assertThat(answer.code()).isEqualTo(400);
    assertThat(answer.message())
        .endsWith("strict decoding error: unknown field \"datas\", duplicate field \"data\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST | /new?fieldValidation=Warn | application/json",
        "POST | /new2 | application/json",
        "PUT | there | application/json",
        "PATCH | there | application/merge-patch+json",
        "PATCH | there | application/strategic-merge-patch+json"
      })
  void withoutStrictnessAWarningSaysSo(String method, String what, String type) {
    boolean create = method.equals("POST");
    String name = what.replaceAll("^/|\\?.*", "");
    String query = what.contains("?") ? what.substring(what.indexOf('?')) : "";
    Answer answer =
        send(
            method,
            MAPS + (create ? query : "/" + name),
            type,
            "{'metadata':{'name':'" + name + "'},'data':{'a':'1','a':'2'},'dada':{}}");

    assertThat(answer.code()).as(answer.body()).isBetween(200, 201);
    assertThat(warnings(answer))
        .containsExactlyInAnyOrder(
            "299 - \"unknown field \\\"dada\\\"\"", "299 - \"duplicate field \\\"data.a\\\"\"");
    Answer silent =
        send(
            method,
            MAPS + (create ? "?dryRun=All&" : "/" + name + "?") + "fieldValidation=Ignore",
            type,
            "{'metadata':{'name':'" + name + (create ? "x" : "") + "'},'dada':{}}");
    assertThat(silent.code()).as(silent.body()).isBetween(200, 201);
    assertThat(warnings(silent)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/merge-patch+json | {'dada':{}} | unknown field \"dada\"",
        "application/strategic-merge-patch+json | {'dada':{}} | unknown field \"dada\"",
        "application/json-patch+json | [{'op':'add','path':'/dada','value':1}] | unknown field"
            + " \"dada\"",
        "application/merge-patch+json | {'data':{'a':'1','a':'2'}} | duplicate field \"data.a\"",
        "application/json-patch+json | [{'op':'add','path':'/data/x','value':'1','force':true}] |"
            + " json patch unknown field \"[0].force\"",
        "application/json-patch+json | [{'op':'add','op':'add','path':'/data/x','value':'1'}] |"
            + " json patch duplicate field \"[0].op\""
      })
  void aStrictPatchIsInvalid(String type, String patch, String finding) {
    Answer answer = send("PATCH", MAPS + "/there?fieldValidation=Strict", type, patch);

    assertThat(answer.code()).isEqualTo(422);
    assertThat(answer.message())
        .startsWith(" \"\" is invalid: patch: Invalid value: \"")
        .endsWith("\": strict decoding error: " + finding)
        .contains("\\\"");
  }

  @Test
  void customKindsAreReadAsStrictly() {
    Answer create =
        client.send(
            "POST",
            WIDGETS + "?fieldValidation=Strict",
            "{'apiVersion':'lab.example.org/v1','metadata':{'name':'w','labelz':{}},'spec':{'siz':1,'size':1,'size':2}}");
    assertThat(create.code()).isEqualTo(400);
    assertThat(create.message())
        .endsWith(
            "strict decoding error: duplicate field \"spec.size\", unknown field"
                + " \"metadata.labelz\", unknown field \"spec.siz\"");

    Answer patch =
        send(
            "PATCH",
            WIDGETS + "/there?fieldValidation=Strict",
            "application/merge-patch+json",
            "{'spec':{'siz':1}}");
    assertThat(patch.code()).isEqualTo(422);
    assertThat(patch.message()).endsWith("strict decoding error: unknown field \"spec.siz\"");
  }

  @Test
  void anApplyOfUnknownFieldsIsRefusedInAnyCase() {
    Answer answer =
        send(
            "PATCH",
            WIDGETS + "/there?fieldManager=me&fieldValidation=Ignore",
            "application/apply-patch+yaml",
            "{'apiVersion':'lab.example.org/v1','kind':'Widget','metadata':{'name':'there'},"
                + "'spec':{'siz':1}}");

    assertThat(answer.code()).isEqualTo(500);
    assertThat(answer.message())
        .isEqualTo(
            "failed to create typed patch object (/there; lab.example.org/v1, Kind=Widget):"
                + " .spec.siz: field not declared in schema");
  }

  @Test
  void anApplyOfDuplicatesIsRefusedWhenStrict() {
    String body =
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: there\ndata:\n  a: '1'\n  a: '2'\n";
    Answer strict =
        send(
            "PATCH",
            MAPS + "/there?fieldManager=me&force=true&fieldValidation=Strict",
            "application/apply-patch+yaml",
            body);
    assertThat(strict.code()).isEqualTo(400);
    assertThat(strict.message())
        .isEqualTo(
            "error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n"
                + "  line 7: key \"a\" already set in map");

    Answer warned =
        send(
            "PATCH",
            MAPS + "/there?fieldManager=me&force=true",
            "application/apply-patch+yaml",
            body);
    assertThat(warned.code()).isEqualTo(200);
    assertThat(warnings(warned)).singleElement().asString().contains("already set in map");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PATCH | /there | application/apply-patch+yaml | PatchOptions.meta.k8s.io \"\" is invalid:"
            + " fieldManager: Required value: is required for apply patch",
        "PATCH | /there?force=true | application/merge-patch+json | PatchOptions.meta.k8s.io \"\""
            + " is invalid: force: Forbidden: may not be specified for non-apply patch",
        "POST | ?fieldValidation=Loud | application/json | CreateOptions.meta.k8s.io \"\" is"
            + " invalid: fieldValidation: Unsupported value: \"Loud\": supported values: \"\","
            + " \"Ignore\", \"Strict\", \"Warn\"",
        "PUT | /there?fieldManager=a%01 | application/json | UpdateOptions.meta.k8s.io \"\" is"
            + " invalid: fieldManager: Invalid value: \"a\\u0001\": invalid character U+0001 (at"
            + " position 1)"
      })
  void optionsWithoutMeaningAreInvalid(String method, String path, String type, String message) {
    Answer answer = send(method, MAPS + path, type, "{}");

    assertThat(answer.code()).isEqualTo(422);
    assertThat(answer.message()).isEqualTo(message);
  }
}
