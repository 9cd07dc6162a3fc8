#include "support.h"

namespace quantrail::tracking {
namespace {

TEST(Size, AnIterationTakesAtMost400BytesHoweverManyLayersAreFloat) {
  const TempFolder folder;
  const Store store = new_store(folder);
  const auto bytes = [&] { return static_cast<double>(std::filesystem::file_size(store.database_path())); };
  constexpr int kRuns = 5;
  constexpr int kIterations = 200;
  std::vector<std::unique_ptr<Lease>> leases;
  for (int run = 0; run < kRuns; ++run) leases.push_back(own(store, new_run(store, "run-" + std::to_string(run))));
  const double before = bytes();
  for (const auto& lease : leases) {
    const auto recorder = must(Recorder::open(store, lease->owner()));
    must(recorder->baseline(sample_baseline()));
    std::vector<std::string> reverted;
    for (std::int64_t index = 0; index < kIterations; ++index) {
      if (index > 0) reverted.push_back("features." + std::to_string(index) + ".block.depthwise");
      IterationRecord it = sample_iteration(0, 0.05);
      it.index = index;
      it.metrics = {{"accuracy@top1", 0.7}};
      it.drops = {{"accuracy@top1", 0.05}};
      it.reverted_layers = it.reverted_groups = reverted;
      it.float_in_onnxruntime = reverted;
      if (index > 0) it.changed_layers = {reverted.back()};
      must(recorder->iteration(it));
    }
  }
  const double each = (bytes() - before) / (kRuns * kIterations);
  RecordProperty("bytes", std::to_string(each));
  EXPECT_LE(each, 400.0);
}

}  // namespace
}  // namespace quantrail::tracking
