#pragma once

#include "app/options.h"

namespace quantrail::app {

/// `inspect RUN[@IT] --quantization`: opens what the run worked on, measures, prints; returns the exit code.
[[nodiscard]] int inspect_quantization(const Options& options, const InspectCommand& command);

}  // namespace quantrail::app
