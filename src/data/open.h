#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>

#include "base/error.h"
#include "base/hash.h"
#include "config/config.h"
#include "data/dataset.h"
#include "model/graph.h"

namespace quantrail {

/// The SHA-256 of a file's content; a cache may answer for files that it knows. Called from several threads.
using FileHasher = std::function<Result<Digest>(const std::filesystem::path&)>;

struct OpenOptions {
  bool labels_required = false;  ///< validation data: every sample must have a label
  std::int64_t classes = 0;      ///< how many the network has scores for; 0: not known
  std::size_t threads = 1;       ///< to hash files with
  FileHasher hash_file = sha256_file;
};

/// The samples that `config` describes, for a network with `inputs` (batch axis first; -1 fits any size).
/// Finds out now what can be found out without reading everything: missing and empty files, malformed lists and
/// headers, negative labels, and whether the first sample suits the network in type and shape. A config.data.limit
/// keeps the first samples only. Errors: InvalidInput, naming the file and line, what was found and what is needed;
/// Unsupported.
[[nodiscard]] Result<std::shared_ptr<const Dataset>> open_dataset(const DataConfig& config,
                                                                  std::span<const ValueInfo> inputs,
                                                                  const OpenOptions& options = {});

}  // namespace quantrail
