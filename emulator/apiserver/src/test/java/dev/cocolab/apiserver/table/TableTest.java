package dev.cocolab.apiserver.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceRegistry;
import dev.cocolab.apiserver.registry.ResourceType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class TableTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-03-01T10:00:00Z"), ZoneOffset.UTC);

  private static ObjectNode json(String text) {
    return (ObjectNode) Trees.MAPPER.readTree(text.replace('\'', '"'));
  }

  private static List<String> row(String group, String plural, String object) {
    ResourceType type = new ResourceRegistry().builtIn(group, plural);
    ObjectNode table = new TableRenderer(CLOCK).table(type, List.of(json(object)), "1", "Metadata");
    List<String> cells = new ArrayList<>();
    JsonNode definitions = table.path("columnDefinitions");
    for (int i = 0; i < definitions.size(); i++) {
      cells.add(
          definitions.get(i).path("name").stringValue()
              + "="
              + table.path("rows").get(0).path("cells").get(i).asString(""));
    }
    return cells;
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0s",
    "119, 119s",
    "120, 2m",
    "192, 3m12s",
    "3600, 60m",
    "10800, 3h",
    "10860, 3h1m",
    "32400, 9h",
    "172800, 2d",
    "183600, 2d3h",
    "777600, 9d",
    "63072000, 2y",
    "-5, <invalid>"
  })
  void durationsAreShownAsKubectlDoes(long seconds, String text) {
    assertThat(HumanDuration.of(Duration.ofSeconds(seconds))).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'phase':'Pending'} | Pending",
        "{'phase':'Running','containerStatuses':[{'ready':true,'state':{'running':{}}}]} | Running",
        "{'phase':'Pending','initContainerStatuses':[{'state':{'running':{}}}]} | Init:0/1",
        "{'phase':'Pending','initContainerStatuses':[{'state':{'waiting':{'reason':'ImagePullBackOff'}}}]}"
            + " | Init:ImagePullBackOff",
        "{'phase':'Pending','initContainerStatuses':[{'state':{'terminated':{'exitCode':2,'reason':'Error'}}}]} | Init:Error",
        "{'phase':'Pending','initContainerStatuses':[{'state':{'terminated':{'exitCode':0}}}],"
            + "'containerStatuses':[{'state':{'waiting':{'reason':'PodInitializing'}}}]} | PodInitializing",
        "{'phase':'Running','containerStatuses':[{'state':{'waiting':{'reason':'CrashLoopBackOff'}}}]} | CrashLoopBackOff",
        "{'phase':'Succeeded','containerStatuses':[{'state':{'terminated':{'exitCode':0,'reason':'Completed'}}}]} | Completed",
        "{'phase':'Failed','containerStatuses':[{'state':{'terminated':{'exitCode':3}}}]} | ExitCode:3",
        "{'phase':'Failed','reason':'Evicted'} | Evicted"
      })
  void thePodStatusComesFromItsContainers(String status, String word) {
    ObjectNode pod = json("{'spec':{'initContainers':[{'name':'i'}],'containers':[{'name':'c'}]}}");
    pod.set("status", json(status));

    assertThat(PodCells.status(pod)).isEqualTo(word);
  }

  @Test
  void aDyingPodIsTerminating() {
    assertThat(
            PodCells.status(
                json("{'metadata':{'deletionTimestamp':'x'},'status':{'phase':'Running'}}")))
        .isEqualTo("Terminating");
  }

  @Test
  void restartsSayWhenTheLastWas() {
    assertThat(
            row(
                "",
                "pods",
                "{'metadata':{'name':'p','creationTimestamp':'2026-03-01T09:00:00Z'},'spec':{'containers':[{'name':'c'}]},"
                    + "'status':{'phase':'Running','podIP':'127.0.0.9','containerStatuses':[{'name':'c','ready':true,"
                    + "'restartCount':2,'state':{'running':{}},'lastState':{'terminated':"
                    + "{'finishedAt':'2026-03-01T09:55:00Z'}}}]}}"))
        .startsWith(
            "Name=p",
            "Ready=1/1",
            "Status=Running",
            "Restarts=2 (5m ago)",
            "Age=60m",
            "IP=127.0.0.9");
  }

  @Test
  void nodesShowRolesAndReadiness() {
    assertThat(
            row(
                "",
                "nodes",
                "{'metadata':{'name':'n','labels':{'node-role.kubernetes.io/worker':'','node-role.kubernetes.io/kata-oc':''}},"
                    + "'status':{'conditions':[{'type':'Ready','status':'True'}],'nodeInfo':{'kubeletVersion':'v1.32.0'},"
                    + "'addresses':[{'type':'InternalIP','address':'127.1.1.1'}]}}"))
        .startsWith(
            "Name=n",
            "Status=Ready",
            "Roles=kata-oc,worker",
            "Version=v1.32.0",
            "Age=<unknown>",
            "Internal-IP=127.1.1.1");
  }

  @Test
  void workloadsShowTheirNumbers() {
    assertThat(
            row(
                "apps",
                "deployments",
                "{'metadata':{'name':'d'},'spec':{'replicas':2,'selector':{'matchLabels':{'a':'b'}},'template':{'spec':"
                    + "{'containers':[{'name':'c','image':'i'}]}}},'status':{'readyReplicas':1,'updatedReplicas':2}}"))
        .containsExactly(
            "Name=d",
            "Ready=1/2",
            "Up-to-date=2",
            "Available=0",
            "Age=<unknown>",
            "Containers=c",
            "Images=i",
            "Selector=a=b");
    assertThat(
            row(
                "apps",
                "daemonsets",
                "{'metadata':{'name':'d'},'spec':{'template':{'spec':{'nodeSelector':{'k':'v'}}}},"
                    + "'status':{'desiredNumberScheduled':1,'numberReady':1}}"))
        .startsWith(
            "Name=d",
            "Desired=1",
            "Current=0",
            "Ready=1",
            "Up-to-date=0",
            "Available=0",
            "Node Selector=k=v");
    assertThat(
            row(
                "node.k8s.io",
                "runtimeclasses",
                "{'metadata':{'name':'kata-remote'},'handler':'h'}"))
        .startsWith("Name=kata-remote", "Handler=h");
    assertThat(
            row(
                "batch",
                "jobs",
                "{'metadata':{'name':'j'},'spec':{'completions':1},'status':{'succeeded':1,'startTime':'2026-03-01T09:00:00Z',"
                    + "'completionTime':'2026-03-01T09:01:00Z','conditions':[{'type':'Complete','status':'True'}]}}"))
        .startsWith("Name=j", "Status=Complete", "Completions=1/1", "Duration=60s");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        ".status.isReady | true",
        "{.spec.a} | x",
        ".spec['b.c'] | y",
        ".metadata.annotations.k8s\\.io/v | z",
        ".status.conditions[?(@.type==\"Ready\")].status | False",
        ".spec.list[1] | 2",
        ".spec.list[*] | 1,2",
        ".spec.none | ",
        ".spec..a | "
      })
  void printerColumnsFindTheirValues(String path, String expected) {
    ObjectNode object =
        json(
            "{'metadata':{'annotations':{'k8s.io/v':'z'}},'spec':{'a':'x','b.c':'y','list':[1,2]},'status':{'isReady':true,"
                + "'conditions':[{'type':'Other','status':'True'},{'type':'Ready','status':'False'}]}}");

    List<String> found =
        JsonPath.parse(path).find(object).stream().map(node -> node.asString("")).toList();
    assertThat(String.join(",", found)).isEqualTo(expected == null ? "" : expected);
  }
}
