#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "data/dataset.h"
#include "data/open.h"
#include "metrics/metric.h"
#include "model/load.h"
#include "quantize/ignored_scope.h"
#include "run/inputs.h"

namespace quantrail::app {

/// A configuration and everything that it points to, opened and checked.
struct Prepared {
  Config config{};
  Model model{};
  Graph graph{};  ///< canonical
  ResolvedScope ignored{};
  std::shared_ptr<const Dataset> calibration{};  ///< null when not configured
  std::shared_ptr<const Dataset> validation{};   ///< null when not configured; annotation_free: not labelled yet
  std::vector<std::shared_ptr<const Metric>> metrics{};
  std::vector<std::string> notes{};  ///< assumptions, one sentence each
};

/// What is needed of it: `run` needs calibration data, and validation data when it is accuracy-aware; measuring alone
/// needs validation data; looking at what calibration saw needs calibration data and opens no other.
enum class Purpose { Run, Measure, Calibrate };

/// Opens all of it and builds the float network, so that whatever is wrong is said before anything long starts.
/// Errors: InvalidInput or Unsupported, naming the file, key or node.
/// `model`: already loaded, from wherever; nothing: the file that the configuration names.
[[nodiscard]] Result<Prepared> prepared(Config config, Purpose purpose, const FileHasher& hash_file,
                                        std::optional<Model> model = std::nullopt);

/// The threads that the configuration means.
[[nodiscard]] std::size_t threads_of(const Config& config);

/// What the run works on, for execute().
[[nodiscard]] RunInputs inputs_of(const Prepared& prepared);

}  // namespace quantrail::app
