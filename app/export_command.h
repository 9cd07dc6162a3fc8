#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "app/options.h"
#include "base/error.h"

namespace quantrail::app {

/// Writes the model of `target` (RUN or RUN@IT) to `path`, bit for bit the one that was measured, and with `sidecar`
/// its record beside it. Returns a sentence about what was written. Errors: nothing was written.
[[nodiscard]] Result<std::string> exported_to(const Options& options, std::string_view target,
                                              const std::filesystem::path& path, bool sidecar);

}  // namespace quantrail::app
