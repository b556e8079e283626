/** What every controller stands on: a queue of keys, informers that start together, and events. */
package dev.cocolab.operators.control;
