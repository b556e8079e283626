package dev.cocolab.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RawClient.Answer;
import dev.cocolab.apiserver.RunningServer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers that no integer of Java holds are the client's fault, or none, never the server's. */
class HugeNumberTest {
  private static final String DEFINITION =
      "{'metadata':{'name':'as.b.test'},'spec':{'group':'b.test','scope':'Namespaced','names':{'plural':'as','kind':'A'},"
          + "'versions':[{'name':'v1','served':true,'storage':true,"
          + "'subresources':{'scale':{'specReplicasPath':'.spec.n','statusReplicasPath':'.status.n'}},"
          + "'schema':{'openAPIV3Schema':{'type':'object','properties':{'spec':{'type':'object','properties':{"
          + "'n':{'type':'integer'},'text':{'type':'string','maxLength':%s}}}}}}}]}}";
  private static final String OBJECTS = "/apis/b.test/v1/namespaces/default/as";

  @ParameterizedTest
  @ValueSource(strings = {"9223372036854775808", "-9223372036854775809", "1e400"})
  void noNumberIsAFailureOfTheServer(String number) {
    try (RunningServer running = new RunningServer()) {
      RawClient client = new RawClient(running);
      client.send(
          "POST",
          "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          DEFINITION.formatted(number.startsWith("-") ? "5" : number));
      client.send("POST", OBJECTS, "{'metadata':{'name':'x'},'spec':{'n':1,'text':'t'}}");
      Answer scaled =
          client.send(
              "PUT",
              OBJECTS + "/x/scale",
              "{'metadata':{'name':'x'},'spec':{'replicas':" + number + "}}");
      Answer pod =
          client.send(
              "POST",
              "/api/v1/namespaces/default/pods",
              "{'metadata':{'name':'p'},'spec':{'containers':[{'name':'c','image':'i',"
                  + "'securityContext':{'runAsUser':"
                  + number
                  + "}}]}}");

      assertThat(scaled.code()).as(scaled.body()).isBetween(400, 499);
      assertThat(pod.code()).as(pod.body()).isBetween(400, 499);
    }
  }
}
