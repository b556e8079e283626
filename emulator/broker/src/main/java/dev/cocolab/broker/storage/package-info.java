/** Where resources, policies and reference values lie. */
package dev.cocolab.broker.storage;
