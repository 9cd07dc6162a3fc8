// Networks of every family that people bring, float and quantized, against real ONNX Runtime.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <iostream>

#include "base/files.h"
#include "export/export.h"
#include "families/agreement.h"
#include "families/family.h"
#include "families/ort.h"
#include "families/ours.h"
#include "peer/peer.h"
#include "peer/scratch.h"

namespace quantrail {
namespace {

using testing::Agreement;
using testing::Family;
using testing::Inputs;
using testing::Outputs;

/// Rounding ties fall differently in the two runtimes, which moves the noise of a small network by this much.
constexpr double kMarginDb = 0.5;

class FamilyTest : public ::testing::TestWithParam<Family> {
 protected:
  void SetUp() override {
    static const std::string kMissing = testing::missing_peer();
    if (!kMissing.empty()) GTEST_SKIP() << kMissing;
    const auto model = testing::families_folder() / (GetParam().name + ".onnx");
    if (!std::filesystem::exists(model)) GTEST_SKIP() << model << " is not there: tools/make_networks makes it";
  }
};

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

/// The worst output's agreement over all sets of inputs. Integers must be equal.
double float_agreement(const std::vector<Outputs>& ours, const std::vector<Outputs>& theirs) {
  double worst = Agreement::kIdentical;
  for (std::size_t output = 0; output < ours[0].size(); ++output) {
    Agreement agreement;
    for (std::size_t set = 0; set < ours.size(); ++set) {
      const Tensor& a = ours[set][output].value;
      const Tensor& b = theirs[set][output].value;
      if (a.type == ElementType::Float32) {
        agreement.add(b.values<float>(), a.values<float>());
      } else {
        EXPECT_EQ(a.bytes, b.bytes) << ours[set][output].name;
      }
    }
    worst = std::min(worst, agreement.db());
  }
  return worst;
}

TEST_P(FamilyTest, FloatOutputsAreThoseOfOnnxRuntimeAtEverySize) {
  const auto network = testing::our_network(GetParam());
  ASSERT_TRUE(network.has_value()) << network.error().message;
  std::vector<Inputs> sets;
  for (const auto& sizes : network->description.sizes) {
    sets.push_back(testing::random_inputs(network->description, sizes, static_cast<std::uint32_t>(1000 + sets.size())));
  }
  const auto& model = network->description.model;
  const auto theirs = testing::run_in_ort({{model, "disabled"}, {model, "all"}}, sets);
  ASSERT_TRUE(theirs.has_value()) << theirs.error().message;
  const auto ours = testing::run_in_ours(*network, {}, sets);
  ASSERT_TRUE(ours.has_value()) << ours.error().message;
  for (std::size_t set = 0; set < sets.size(); ++set) expect_same_form((*ours)[set], (*theirs)[0][set]);
  if (HasFatalFailure()) return;
  const double db = float_agreement(*ours, (*theirs)[0]);
  std::cout << fmt::format("{}: float {:.1f} dB; ONNX Runtime's optimiser {:.1f} dB\n", GetParam().name, db,
                           float_agreement((*theirs)[1], (*theirs)[0]));
  EXPECT_GE(db, GetParam().least_float_db);
}

/// One quantized form of a network in both runtimes, against the float network.
class Comparison {
 public:
  explicit Comparison(const testing::OurNetwork& network) : network_(network) {
    const auto& sizes = network.description.sizes;
    for (std::uint32_t set = 0; set < kSets; ++set) {
      sets_.push_back(testing::random_inputs(network.description, sizes[set % sizes.size()], 100 + set));
    }
  }

  /// What the float network answers.
  void ask_float() {
    auto theirs = testing::run_in_ort({{network_.description.model, "disabled"}}, sets_);
    ASSERT_TRUE(theirs.has_value()) << theirs.error().message;
    reference_ = std::move((*theirs)[0]);
  }

  void expect_as_close(const Quantization& q, const std::set<std::string, std::less<>>& reverted,
                       const std::string& title) const {
    const auto model = exported(network_.graph, q, reverted, RevertMode::Full, {});
    ASSERT_TRUE(model.has_value()) << model.error().message;
    const testing::Scratch scratch;
    ASSERT_TRUE(write_file(scratch / "quantized.onnx", model->bytes).has_value());
    const auto theirs = testing::run_in_ort({{scratch / "quantized.onnx", "all"}}, sets_);
    ASSERT_TRUE(theirs.has_value()) << theirs.error().message;
    const auto ours = testing::run_in_ours(network_, {&q, reverted, RevertMode::Full}, sets_);
    ASSERT_TRUE(ours.has_value()) << ours.error().message;
    for (std::size_t set = 0; set < sets_.size(); ++set) {
      expect_same_form((*ours)[set], (*theirs)[0][set], network_.description.selected);
    }
    if (::testing::Test::HasFatalFailure()) return;
    for (std::size_t output = 0; output < reference_[0].size(); ++output) {
      if (network_.description.selected.count(reference_[0][output].name) != 0) continue;
      const double our_db = db(output, *ours);
      const double their_db = db(output, (*theirs)[0]);
      std::cout << fmt::format("{} {}: int8 {:.1f} dB, in ONNX Runtime {:.1f} dB\n", title, reference_[0][output].name,
                               our_db, their_db);
      EXPECT_GE(our_db, their_db - kMarginDb) << reference_[0][output].name;
    }
  }

 private:
  static constexpr std::uint32_t kSets = 8;

  [[nodiscard]] double db(std::size_t output, const std::vector<Outputs>& other) const {
    Agreement agreement;
    for (std::size_t set = 0; set < sets_.size(); ++set) {
      agreement.add(reference_[set][output].value.values<float>(), other[set][output].value.values<float>());
    }
    return agreement.db();
  }

  const testing::OurNetwork& network_;
  std::vector<Inputs> sets_{};
  std::vector<Outputs> reference_{};
};

TEST_P(FamilyTest, QuantizedOutputsAreAsCloseAsThoseOfOnnxRuntime) {
  const auto network = testing::our_network(GetParam());
  ASSERT_TRUE(network.has_value()) << network.error().message;
  const auto q = testing::our_quantization(*network, 16);
  ASSERT_TRUE(q.has_value()) << q.error().message;
  ASSERT_FALSE(q->groups.empty()) << "nothing is quantized";
  Comparison comparison(*network);
  comparison.ask_float();
  if (HasFatalFailure()) return;
  comparison.expect_as_close(*q, {}, fmt::format("{} ({} groups)", GetParam().name, q->groups.size()));
  const auto& middle = q->groups[q->groups.size() / 2].name;
  comparison.expect_as_close(*q, {middle}, GetParam().name + " without " + middle);
}

INSTANTIATE_TEST_SUITE_P(Networks, FamilyTest, ::testing::ValuesIn(testing::families()),
                         [](const auto& family) { return family.param.name; });

}  // namespace
}  // namespace quantrail
