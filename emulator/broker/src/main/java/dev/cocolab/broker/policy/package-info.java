/** Evaluation of stored Rego policies. */
package dev.cocolab.broker.policy;
