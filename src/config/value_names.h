#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "config/config.h"

namespace quantrail {

// How values of range_config.h and config.h are written in a configuration.

template <class T>
using Named = std::pair<std::string_view, T>;

inline constexpr std::array<Named<ExtremeType>, 5> kExtremeTypes{{{"min", ExtremeType::Min},
                                                                  {"max", ExtremeType::Max},
                                                                  {"abs_max", ExtremeType::AbsMax},
                                                                  {"quantile", ExtremeType::Quantile},
                                                                  {"abs_quantile", ExtremeType::AbsQuantile}}};
inline constexpr std::array<Named<Aggregator>, 7> kAggregators{{{"mean", Aggregator::Mean},
                                                                {"max", Aggregator::Max},
                                                                {"min", Aggregator::Min},
                                                                {"median", Aggregator::Median},
                                                                {"mean_no_outliers", Aggregator::MeanNoOutliers},
                                                                {"median_no_outliers", Aggregator::MedianNoOutliers},
                                                                {"hl_estimator", Aggregator::HodgesLehmann}}};
inline constexpr std::array<Named<RangePreset>, 5> kRangePresets{{{"default", RangePreset::Default},
                                                                  {"quantile", RangePreset::Quantile},
                                                                  {"percentile", RangePreset::Percentile},
                                                                  {"entropy", RangePreset::Entropy},
                                                                  {"mse", RangePreset::Mse}}};
inline constexpr std::array<Named<Granularity>, 2> kGranularities{
    {{"pertensor", Granularity::PerTensor}, {"perchannel", Granularity::PerChannel}}};
inline constexpr std::array<Named<bool>, 2> kModes{{{"symmetric", true}, {"asymmetric", false}}};

inline constexpr std::array<Named<RankingSignal>, 3> kRankingSignals{
    {{"auto", RankingSignal::Auto}, {"metric", RankingSignal::Metric}, {"distance", RankingSignal::Distance}}};

/// Precondition: `value` is in the table.
template <class Table, class T>
[[nodiscard]] constexpr std::string_view name_in(const Table& table, T value) {
  for (const auto& [name, known] : table) {
    if (known == value) return name;
  }
  return {};
}

}  // namespace quantrail
