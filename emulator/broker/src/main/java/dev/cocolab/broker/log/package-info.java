/** The log of the broker, in the forms that users grep for. */
package dev.cocolab.broker.log;
