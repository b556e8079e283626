/** What can go wrong inside the broker, with a reason that code can act on. */
package dev.cocolab.broker.failure;
