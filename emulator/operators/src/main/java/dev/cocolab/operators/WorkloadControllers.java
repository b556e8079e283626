package dev.cocolab.operators;

import dev.cocolab.operators.control.ChangeHandler;
import dev.cocolab.operators.control.Controller;
import dev.cocolab.operators.control.ControllerThreads;
import dev.cocolab.operators.control.Informers;
import dev.cocolab.operators.control.Relay;
import dev.cocolab.operators.control.ServedKinds;
import dev.cocolab.operators.lifecycle.CustomKinds;
import dev.cocolab.operators.lifecycle.EndpointsController;
import dev.cocolab.operators.lifecycle.GarbageCollector;
import dev.cocolab.operators.lifecycle.NamespaceController;
import dev.cocolab.operators.lifecycle.ServiceAccountController;
import dev.cocolab.operators.workload.DeploymentController;
import dev.cocolab.operators.workload.JobController;
import dev.cocolab.operators.workload.ReplicaSetController;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What kube-controller-manager does for the kinds of this project: Deployments, ReplicaSets, Jobs,
 * garbage collection by owner references, the end of namespaces, default ServiceAccounts and
 * Endpoints. Event driven; nothing is polled.
 *
 * <p>A cluster that has its own kube-controller-manager must not get these parts a second time:
 * {@link #start(KubernetesClient, Set, Clock)} takes the parts that are wanted.
 */
public final class WorkloadControllers implements AutoCloseable {

  private static final Duration START_PATIENCE = Duration.ofSeconds(30);
  private static final int THREADS = 4;

  /** The controllers, one by one. */
  public enum Part {
    DEPLOYMENTS,
    REPLICA_SETS,
    JOBS,
    GARBAGE_COLLECTION,
    NAMESPACES,
    SERVICE_ACCOUNTS,
    ENDPOINTS
  }

  private final KubernetesClient client;
  private final Clock clock;
  private final Set<Part> parts;
  private final ControllerThreads threads = new ControllerThreads("workload-controller", THREADS);
  private final Informers informers = new Informers();
  private final ServedKinds served;
  private final Deque<Controller> controllers = new ArrayDeque<>();
  private Optional<CustomKinds> customKinds = Optional.empty();
  private final List<ChangeHandler<HasMetadata>> everyChange = new CopyOnWriteArrayList<>();

  private WorkloadControllers(KubernetesClient client, Set<Part> parts, Clock clock) {
    this.client = client;
    this.served = new ServedKinds(client);
    this.clock = clock;
    this.parts = parts.isEmpty() ? EnumSet.noneOf(Part.class) : EnumSet.copyOf(parts);
  }

  /** Starts all parts with the system's clock. */
  public static WorkloadControllers start(KubernetesClient client) {
    return start(client, EnumSet.allOf(Part.class), Clock.systemUTC());
  }

  /**
   * Returns when every watch has its first list. The client stays the caller's and must live longer
   * than the controllers.
   *
   * @param clock stamps conditions and events
   * @throws OperatorException KIND_NOT_SERVED or START_TIMEOUT (30 s); nothing keeps running then
   */
  public static WorkloadControllers start(KubernetesClient client, Set<Part> parts, Clock clock) {
    WorkloadControllers result = new WorkloadControllers(client, parts, clock);
    try {
      result.wire();
      result.informers.start(START_PATIENCE);
      result.controllers.forEach(Controller::open);
    } catch (RuntimeException e) {
      result.close();
      throw e;
    }
    return result;
  }

  private void wire() {
    ScheduledExecutorService executor = threads.executor();
    Relay<Namespace> namespaceChanges = new Relay<>();
    Relay<Pod> podChanges = new Relay<>();
    SharedIndexInformer<Namespace> namespaces =
        informers.require("namespaces", client.namespaces(), namespaceChanges);
    SharedIndexInformer<Pod> pods = watch("pods", Pod.class, podChanges);
    if (parts.contains(Part.DEPLOYMENTS) || parts.contains(Part.REPLICA_SETS)) {
      wireWorkloads(pods, podChanges, executor);
    }
    if (parts.contains(Part.JOBS)) {
      wireJobs(pods, podChanges, executor);
    }
    if (parts.contains(Part.NAMESPACES)) {
      NamespaceController controller =
          own(new NamespaceController(client, namespaces, executor, clock));
      namespaceChanges.add((before, after) -> controller.namespaceChanged(after));
      everyChange.add(
          (before, after) -> {
            if (after.isEmpty()) {
              before.ifPresent(controller::contentGone);
            }
          });
    }
    if (parts.contains(Part.SERVICE_ACCOUNTS)) {
      Relay<ServiceAccount> changes = new Relay<>();
      SharedIndexInformer<ServiceAccount> accounts =
          watch("serviceaccounts", ServiceAccount.class, changes);
      ServiceAccountController controller =
          own(new ServiceAccountController(client, namespaces, accounts, executor));
      namespaceChanges.add((before, after) -> controller.namespaceChanged(after));
      changes.add(
          (before, after) -> {
            if (after.isEmpty()) {
              before.ifPresent(controller::accountGone);
            }
          });
    }
    if (parts.contains(Part.ENDPOINTS)) {
      wireEndpoints(pods, podChanges, executor);
    }
    if (parts.contains(Part.GARBAGE_COLLECTION)) {
      wireGarbageCollection(namespaceChanges, executor);
    }
  }

  private void wireWorkloads(
      SharedIndexInformer<Pod> pods, Relay<Pod> podChanges, ScheduledExecutorService executor) {
    Relay<ReplicaSet> setChanges = new Relay<>();
    SharedIndexInformer<ReplicaSet> sets = watch("replicasets", ReplicaSet.class, setChanges);
    if (parts.contains(Part.REPLICA_SETS)) {
      ReplicaSetController controller =
          own(new ReplicaSetController(client, sets, pods, executor, clock));
      setChanges.add(controller::setChanged);
      podChanges.add(controller::podChanged);
    }
    if (parts.contains(Part.DEPLOYMENTS)) {
      Relay<Deployment> changes = new Relay<>();
      SharedIndexInformer<Deployment> deployments = watch("deployments", Deployment.class, changes);
      DeploymentController controller =
          own(new DeploymentController(client, deployments, sets, pods, executor, clock));
      changes.add(controller::deploymentChanged);
      setChanges.add(controller::setChanged);
      podChanges.add(controller::podChanged);
    }
  }

  private void wireJobs(
      SharedIndexInformer<Pod> pods, Relay<Pod> podChanges, ScheduledExecutorService executor) {
    Relay<Job> changes = new Relay<>();
    SharedIndexInformer<Job> jobs = watch("jobs", Job.class, changes);
    JobController controller = own(new JobController(client, jobs, pods, executor, clock));
    changes.add(controller::jobChanged);
    podChanges.add(controller::podChanged);
  }

  private void wireEndpoints(
      SharedIndexInformer<Pod> pods, Relay<Pod> podChanges, ScheduledExecutorService executor) {
    Relay<Service> serviceChanges = new Relay<>();
    Relay<Endpoints> endpointChanges = new Relay<>();
    SharedIndexInformer<Service> services = watch("services", Service.class, serviceChanges);
    SharedIndexInformer<Endpoints> endpoints = watch("endpoints", Endpoints.class, endpointChanges);
    EndpointsController controller =
        own(new EndpointsController(client, services, pods, endpoints, executor));
    serviceChanges.add(controller::serviceChanged);
    endpointChanges.add(controller::endpointsChanged);
    podChanges.add(controller::podChanged);
  }

  private void wireGarbageCollection(
      Relay<Namespace> namespaceChanges, ScheduledExecutorService executor) {
    GarbageCollector collector = own(new GarbageCollector(client, executor));
    everyChange.add(collector::changed);
    namespaceChanges.add(collector::changed);
    watchOnce("deployments", Deployment.class, Part.DEPLOYMENTS);
    if (!parts.contains(Part.DEPLOYMENTS)) {
      watchOnce("replicasets", ReplicaSet.class, Part.REPLICA_SETS);
    }
    watchOnce("serviceaccounts", ServiceAccount.class, Part.SERVICE_ACCOUNTS);
    watchOnce("services", Service.class, Part.ENDPOINTS);
    watchOnce("endpoints", Endpoints.class, Part.ENDPOINTS);
    allow("secrets", Secret.class);
    allow("configmaps", ConfigMap.class);
    allow("persistentvolumeclaims", PersistentVolumeClaim.class);
    allow("daemonsets", DaemonSet.class);
    allow("statefulsets", StatefulSet.class);
    watchOnce("jobs", Job.class, Part.JOBS);
    allow("roles", Role.class);
    allow("rolebindings", RoleBinding.class);
    CustomKinds kinds = new CustomKinds(client, this::tellEverybody, collector::kindGone);
    customKinds = Optional.of(kinds);
    informers.allow("customresourcedefinitions", kinds.definitions(), kinds);
  }

  private <T extends HasMetadata> void watchOnce(String kind, Class<T> type, Part watchedBy) {
    if (!parts.contains(watchedBy)) {
      allow(kind, type);
    }
  }

  /** The client would report the watch of a kind that is not served as a failure. */
  private <T extends HasMetadata> void allow(String kind, Class<T> type) {
    if (served.mayContain(type)) {
      informers.allow(kind, everywhere(type), this::tellEverybody);
    }
  }

  private <T extends HasMetadata> SharedIndexInformer<T> watch(
      String kind, Class<T> type, Relay<T> relay) {
    relay.add(this::tellEverybody);
    return informers.require(kind, everywhere(type), relay);
  }

  private <T extends HasMetadata> Informable<T> everywhere(Class<T> type) {
    return client.resources(type).inAnyNamespace();
  }

  private void tellEverybody(
      Optional<? extends HasMetadata> before, Optional<? extends HasMetadata> after) {
    for (ChangeHandler<HasMetadata> handler : everyChange) {
      handler.changed(before.map(o -> o), after.map(o -> o));
    }
  }

  private <C extends Controller> C own(C controller) {
    controllers.push(controller);
    return controller;
  }

  /** Stops the queues, then the watches, and lets work under way end. */
  @Override
  public void close() {
    controllers.forEach(Controller::close);
    customKinds.ifPresent(CustomKinds::close);
    informers.close();
    threads.close();
  }
}
