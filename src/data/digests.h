#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "data/open.h"

namespace quantrail {

/// The digests of `files`, in their order, computed on options.threads threads.
[[nodiscard]] Result<std::vector<Digest>> file_digests(std::span<const std::filesystem::path> files,
                                                       const OpenOptions& options);

}  // namespace quantrail
