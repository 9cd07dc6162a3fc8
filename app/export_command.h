#pragma once

#include <string>
#include <vector>

#include "app/open_store.h"
#include "app/options.h"
#include "base/error.h"

namespace quantrail::app {

/// What to tell about a file that was written: a sentence, and what else is worth knowing.
struct Exported {
  std::string sentence{};
  std::vector<std::string> notes{};
};

/// Errors: InvalidInput for no name, for the model that the run began with, for what lies in the store, and, unless
/// `replace`, for a file that is there and is none of Quantrail's exports.
[[nodiscard]] Status check_export_target(const NamedIteration& named, const std::filesystem::path& path, bool replace);

/// Writes the model of an iteration, bit for bit the one that was measured where the profile is the default, and its
/// record beside it where that is asked for. With `command.verify` the file gets its name only once it was loaded again
/// and compared. Errors: nothing was written.
[[nodiscard]] Result<Exported> exported_to(const Options& options, const ExportCommand& command);

}  // namespace quantrail::app
