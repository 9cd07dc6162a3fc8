#include "families/comparison.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "base/files.h"
#include "export/export.h"
#include "families/agreement.h"
#include "peer/scratch.h"

namespace quantrail::testing {
namespace {

/// Rounding ties fall differently in the two runtimes, which moves the noise of a small network by this much.
constexpr double kMarginDb = 1.0;
/// From here on two results are the same but for rounding.
constexpr double kSameDb = 100.0;

/// Names, types and, but for those `selected`, shapes.
void expect_same_form(const Outputs& ours, const Outputs& theirs,
                      const std::set<std::string, std::less<>>& selected = {}) {
  ASSERT_EQ(ours.size(), theirs.size());
  for (std::size_t at = 0; at < ours.size(); ++at) {
    EXPECT_EQ(ours[at].name, theirs[at].name);
    ASSERT_EQ(ours[at].value.type, theirs[at].value.type) << ours[at].name;
    if (selected.count(ours[at].name) == 0) {
      ASSERT_EQ(ours[at].value.shape, theirs[at].value.shape) << ours[at].name;
    }
  }
}

/// The rows of `value` in ascending order: two that were selected for almost the same score may change places.
template <class T>
std::vector<T> sorted_rows(const Tensor& value) {
  const auto width = value.shape.size() > 1 ? static_cast<std::size_t>(value.shape.back()) : std::size_t{1};
  const auto values = value.values<T>();
  std::vector<std::vector<T>> rows;
  for (std::size_t first = 0; width > 0 && first < values.size(); first += width)
    rows.emplace_back(values.begin() + static_cast<std::ptrdiff_t>(first),
                      values.begin() + static_cast<std::ptrdiff_t>(first + width));
  std::sort(rows.begin(), rows.end());
  std::vector<T> sorted;
  for (const auto& row : rows) sorted.insert(sorted.end(), row.begin(), row.end());
  return sorted;
}

}  // namespace

Comparison::Comparison(const OurNetwork& network, std::set<std::string, std::less<>> selected, std::vector<Inputs> sets)
    : network_(network), selected_(std::move(selected)), sets_(std::move(sets)) {}

void Comparison::expect_same_float(double least_db) {
  auto theirs = run_in_ort({{network_.file, "disabled", {}}, {network_.file, "all", {}}}, sets_);
  ASSERT_TRUE(theirs.has_value()) << theirs.error().message;
  reference_ = std::move((*theirs)[0]);
  const auto ours = run_in_ours(network_.graph, {}, sets_);
  ASSERT_TRUE(ours.has_value()) << ours.error().message;
  decided_ = selects_alike((*theirs)[1]);
  const auto open = decided_ ? std::set<std::string, std::less<>>{} : selected_;
  for (std::size_t set = 0; set < sets_.size(); ++set) expect_same_form((*ours)[set], reference_[set], open);
  if (::testing::Test::HasFatalFailure()) return;
  for (std::size_t output = 0; output < reference_[0].size(); ++output) {
    if (is_selected(output) && !decided_) continue;
    for (std::size_t set = 0; set < sets_.size(); ++set) {
      const auto& [name, theirs_here] = reference_[set][output];
      if (theirs_here.type == ElementType::Float32) continue;
      if (is_selected(output) && theirs_here.type == ElementType::Int64)
        EXPECT_EQ(sorted_rows<std::int64_t>((*ours)[set][output].value), sorted_rows<std::int64_t>(theirs_here))
            << name;
      else
        EXPECT_EQ((*ours)[set][output].value.bytes, theirs_here.bytes) << name;
    }
  }
  const double found = worst_db(*ours);
  std::cout << fmt::format("  float {:.1f} dB, ONNX Runtime's optimiser {:.1f} dB{}\n", found, worst_db((*theirs)[1]),
                           decided_ ? "" : "; what is selected, rounding decides");
  EXPECT_GE(found, least_db);
}

void Comparison::expect_as_close(const Quantization& q, const std::set<std::string, std::less<>>& reverted) const {
  const auto model = exported(network_.graph, q, reverted, RevertMode::Full, {});
  ASSERT_TRUE(model.has_value()) << model.error().message;
  const Scratch scratch;
  ASSERT_TRUE(write_file(scratch / "quantized.onnx", model->bytes).has_value());
  const auto theirs = run_in_ort({{scratch / "quantized.onnx", "all", {}}}, sets_);
  ASSERT_TRUE(theirs.has_value()) << theirs.error().message;
  const auto ours = run_in_ours(network_.graph, {&q, reverted, RevertMode::Full}, sets_);
  ASSERT_TRUE(ours.has_value()) << ours.error().message;
  for (std::size_t set = 0; set < sets_.size(); ++set) expect_same_form((*ours)[set], (*theirs)[0][set], selected_);
  if (::testing::Test::HasFatalFailure()) return;
  std::cout << fmt::format("  {} of {} groups in int8\n", q.groups.size() - reverted.size(), q.groups.size());
  for (std::size_t output = 0; output < reference_[0].size(); ++output) {
    if (is_selected(output)) continue;
    const double our_db = db(output, *ours);
    const double their_db = db(output, (*theirs)[0]);
    std::cout << fmt::format("    {}: {:.1f} dB, in ONNX Runtime {:.1f} dB\n", reference_[0][output].name, our_db,
                             their_db);
    EXPECT_GE(our_db, std::min(their_db, kSameDb) - kMarginDb) << reference_[0][output].name;
  }
}

bool Comparison::selects_alike(const std::vector<Outputs>& other) const {
  for (std::size_t output = 0; output < reference_[0].size(); ++output) {
    if (!is_selected(output)) continue;
    for (std::size_t set = 0; set < sets_.size(); ++set) {
      if (reference_[set][output].value.shape != other[set][output].value.shape) return false;
    }
    if (reference_[0][output].value.type == ElementType::Float32 && db(output, other) < kSameDb) return false;
  }
  return true;
}

bool Comparison::is_selected(std::size_t output) const { return selected_.contains(reference_[0][output].name); }

double Comparison::db(std::size_t output, const std::vector<Outputs>& other) const {
  Agreement agreement;
  for (std::size_t set = 0; set < sets_.size(); ++set) {
    const Tensor& expected = reference_[set][output].value;
    const Tensor& found = other[set][output].value;
    if (is_selected(output))
      agreement.add(sorted_rows<float>(expected), sorted_rows<float>(found));
    else
      agreement.add(expected.values<float>(), found.values<float>());
  }
  return agreement.db();
}

double Comparison::worst_db(const std::vector<Outputs>& other) const {
  double worst = Agreement::kIdentical;
  for (std::size_t output = 0; output < reference_[0].size(); ++output) {
    if (is_selected(output) && !decided_) continue;
    if (reference_[0][output].value.type == ElementType::Float32) worst = std::min(worst, db(output, other));
  }
  return worst;
}

}  // namespace quantrail::testing
