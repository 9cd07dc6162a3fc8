#pragma once

#include <filesystem>

#include "config/config.h"
#include "config/section.h"

namespace quantrail {

/// The parts of parse_config, one per section. Problems go to the section's findings; the answer is then partial.

[[nodiscard]] EngineConfig parse_engine(const Section& engine, const std::filesystem::path& folder);

/// Whether metrics of that type read `key`, one of those that only some do.
[[nodiscard]] bool reads_key(std::string_view metric_type, std::string_view key);

/// engine.metrics; none where it is not given.
[[nodiscard]] std::vector<MetricSpec> parse_metrics(const Section& engine, const std::filesystem::path& folder);

/// `metrics` are those of the engine, which compression refers to by name.
[[nodiscard]] CompressionConfig parse_compression(const Section& compression, const std::vector<MetricSpec>& metrics);

/// A range_estimator section; one of `weights` or of activations.
[[nodiscard]] RangeEstimator parse_range_estimator(const Section& section, bool weights);
/// A weights or activations section.
[[nodiscard]] TensorConfig parse_tensor_config(const Section& tensor, bool weights);
/// params.layerwise_configs.
[[nodiscard]] LayerwiseConfigs parse_layerwise(const Section& params);
/// The inverses, for Config::effective_json.
[[nodiscard]] Json effective_range(const RangeEstimator& range);
[[nodiscard]] Json effective_tensor(const TensorConfig& tensor);
[[nodiscard]] Json effective_layerwise(const LayerwiseConfigs& configs);
/// annotation_free and its threshold as parsed: refuses metrics that they cannot serve, and says which of the
/// parameters next to them have no effect, which then have their defaults.
void settle_annotation_free(const Section& params, const std::vector<MetricSpec>& metrics, AccuracyAwareParams& out);
/// `ignored` of an algorithm's parameters.
[[nodiscard]] IgnoredScope parse_ignored(const Section& ignored);

/// The path under `key`, resolved against `folder`; empty when absent.
[[nodiscard]] std::filesystem::path parse_path(const Section& section, std::string_view key,
                                               const std::filesystem::path& folder);

/// Config::effective_json for everything else in `config`. Errors: InvalidInput for texts that are not UTF-8.
[[nodiscard]] Result<std::string> effective_text(const Config& config);

}  // namespace quantrail
