#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "config/config.h"
#include "model/graph.h"

namespace quantrail::app {

/// What is known of a network and its data, from which a first configuration is written.
struct Guessed {
  std::filesystem::path model{};
  std::vector<std::string> inputs{};  ///< "image float32 [-1, 3, 32, 32]", for a comment
  std::vector<std::string> outputs{};
  std::optional<DataSpec> calibration{};  ///< nothing: to be filled in
  std::optional<DataSpec> validation{};   ///< nothing: not measured
  bool images = false;                    ///< samples are images
  Preprocess preprocess{};                ///< of images
  std::optional<MetricSpec> metric{};     ///< nothing: not measured, or nothing suits
  bool relative = false;                  ///< the drop is a share: the metric has no scale of its own
  std::string preset = "performance";
  bool transformer = false;
  std::vector<std::string> told{};  ///< what was guessed, and from what
  std::vector<std::string> left{};  ///< what only a person can know
};

/// `graph`: canonical. `calibration` and `validation` as guessed_data() says, where given.
[[nodiscard]] Guessed guessed_config(const Graph& graph, std::optional<DataSpec> calibration,
                                     std::optional<DataSpec> validation);

/// As a configuration with comments, for a file in `folder`.
[[nodiscard]] std::string config_file(const Guessed& guessed, const std::filesystem::path& folder);

}  // namespace quantrail::app
