package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.auth.RequestAttributes;
import dev.cocolab.apiserver.auth.User;
import dev.cocolab.apiserver.rbac.Escalation;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.resource.WriteGuard;

/** What is held against a writer beside the verb of his request. */
final class WriteChecks {
  private final Access access;
  private final Escalation escalation;
  private final SignerRights signers;

  WriteChecks(Access access, Escalation escalation, SignerRights signers) {
    this.access = access;
    this.signers = signers;
    this.escalation = escalation;
  }

  /** Nobody grants more than he has, nor signs or approves what is not his to. */
  WriteGuard of(User user) {
    WriteGuard grants = escalation.of(user);
    return (target, before, after) -> {
      grants.check(target, before, after);
      signers.check(user, target.type(), before, after);
    };
  }

  /** The same for an apply; who makes an object by it needs the verb {@code create} too. */
  WriteGuard ofApply(User user) {
    WriteGuard grants = of(user);
    return (target, before, after) -> {
      if (before.isEmpty()) {
        ResourceType type = target.type();
        access.require(
            user,
            RequestAttributes.of(
                "create",
                type.group(),
                type.plural(),
                target.namespace(),
                after.path("metadata").path("name").stringValue("")));
      }
      grants.check(target, before, after);
    };
  }
}
