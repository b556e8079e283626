package dev.cocolab.operators.lifecycle;

import dev.cocolab.operators.control.Controller;
import dev.cocolab.operators.control.ObjectKey;
import dev.cocolab.operators.control.WorkQueue;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/** Gives every namespace its ServiceAccount {@code default}. */
public final class ServiceAccountController implements Controller {

  private static final String DEFAULT = "default";

  private final KubernetesClient client;
  private final SharedIndexInformer<Namespace> namespaces;
  private final SharedIndexInformer<ServiceAccount> accounts;
  private final WorkQueue queue;

  public ServiceAccountController(
      KubernetesClient client,
      SharedIndexInformer<Namespace> namespaces,
      SharedIndexInformer<ServiceAccount> accounts,
      ScheduledExecutorService executor) {
    this.client = client;
    this.namespaces = namespaces;
    this.accounts = accounts;
    this.queue = new WorkQueue("serviceaccount", executor, this);
  }

  /** To be told of every change of a namespace. */
  public void namespaceChanged(Optional<Namespace> after) {
    after.map(ObjectKey::of).ifPresent(queue::add);
  }

  /** To be told when a ServiceAccount is gone. */
  public void accountGone(ServiceAccount account) {
    if (account.getMetadata().getName().equals(DEFAULT)) {
      queue.add(new ObjectKey("", account.getMetadata().getNamespace()));
    }
  }

  @Override
  public Optional<Duration> reconcile(ObjectKey key) {
    Namespace namespace = namespaces.getIndexer().getByKey(key.cacheKey());
    boolean wanted = namespace != null && !NamespaceController.isTerminating(namespace);
    if (!wanted || accounts.getIndexer().getByKey(key.name() + "/" + DEFAULT) != null) {
      return Optional.empty();
    }
    try {
      client
          .resource(
              new ServiceAccountBuilder()
                  .withNewMetadata()
                  .withName(DEFAULT)
                  .withNamespace(key.name())
                  .endMetadata()
                  .build())
          .create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != 409) {
        throw e;
      }
    }
    return Optional.empty();
  }

  @Override
  public void open() {
    queue.open();
  }

  @Override
  public void close() {
    queue.close();
  }
}
