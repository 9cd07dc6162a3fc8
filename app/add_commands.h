#pragma once

#include "app/options.h"

namespace CLI {
class App;
}

namespace quantrail::app {

/// Adds every command with what it takes; the chosen one's values are put into `options`, which must outlive `app`.
void add_commands(CLI::App& app, Options& options);

}  // namespace quantrail::app
