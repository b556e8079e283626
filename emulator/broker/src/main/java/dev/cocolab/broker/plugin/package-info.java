/**
 * Plugins of the Key Broker Service: what answers a path that no built-in endpoint does.
 *
 * <p>The set is closed. A plugin knows neither HTTP nor tokens: the broker asks it who may call,
 * lets it answer, and encrypts the answer where the plugin says so.
 */
package dev.cocolab.broker.plugin;
