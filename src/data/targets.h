#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "base/error.h"
#include "config/config.h"
#include "data/dataset.h"
#include "data/npy.h"
#include "data/open.h"

namespace quantrail {

/// `inner`, whose samples have for their target the row of the array that `spec` names as targets; `inner` itself where
/// it names none. Rows are read when they are asked for. Errors: InvalidInput, naming the file, also where there are
/// not as many rows as samples (with a limit: fewer).
[[nodiscard]] Result<std::shared_ptr<const Dataset>> with_targets(std::shared_ptr<const Dataset> inner,
                                                                  const DataSpec& spec, const OpenOptions& options);

/// `inner` with the rows of `targets`, of which there are as many as samples or more, read from `files`.
[[nodiscard]] Result<std::shared_ptr<const Dataset>> with_target_rows(std::shared_ptr<const Dataset> inner,
                                                                      NpyArray targets,
                                                                      std::span<const std::filesystem::path> files,
                                                                      const OpenOptions& options,
                                                                      const std::string& entry = {});

}  // namespace quantrail
