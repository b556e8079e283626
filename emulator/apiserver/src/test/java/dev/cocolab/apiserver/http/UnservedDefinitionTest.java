package dev.cocolab.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RunningServer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class UnservedDefinitionTest {
  private static final String DEFINITIONS =
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  private static final String DEFINITION =
      "{'metadata':{'name':'as.b.test'},'spec':{'group':'b.test','scope':'Namespaced','names':{'plural':'as','kind':'A'},"
          + "'versions':[{'name':'v1','served':true,'storage':true,'schema':{'openAPIV3Schema':{'type':'object'}}}]}}";
  private static final String OBJECTS = "/apis/b.test/v1/namespaces/default/as";

  @Test
  void aDefinitionThatServesNothingTakesItsObjectsWithIt() {
    try (RunningServer running = new RunningServer()) {
      RawClient client = new RawClient(running);
      assertThat(client.send("POST", DEFINITIONS, DEFINITION).code()).isEqualTo(201);
      assertThat(
              client
                  .send("POST", OBJECTS, "{'apiVersion':'b.test/v1','metadata':{'name':'x'}}")
                  .code())
          .isEqualTo(201);
      byte[] unserved =
          "[{\"op\":\"replace\",\"path\":\"/spec/versions/0/served\",\"value\":false}]"
              .getBytes(StandardCharsets.UTF_8);
      String patch = "application/json-patch+json";
      assertThat(client.send("PATCH", DEFINITIONS + "/as.b.test", patch, unserved).code())
          .isEqualTo(200);
      assertThat(client.get(OBJECTS).code()).isEqualTo(404);

      client.send("DELETE", DEFINITIONS + "/as.b.test", "");

      assertThat(client.get(DEFINITIONS + "/as.b.test").code()).isEqualTo(404);
      assertThat(client.send("POST", DEFINITIONS, DEFINITION).code()).isEqualTo(201);
      assertThat(client.get(OBJECTS + "/x").code()).isEqualTo(404);
    }
  }
}
