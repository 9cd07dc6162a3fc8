// Stores that earlier versions made with real runs, one file each: stores/vN.db.zst.
#include "base/files.h"
#include "support.h"
#include "tracking/compress.h"
#include "tracking/health.h"
#include "tracking/run_query.h"
#include "tracking/schema.h"

namespace quantrail::tracking {
namespace {

Store store_of_version(int version, const std::filesystem::path& folder) {
  const auto file =
      std::filesystem::path(QUANTRAIL_SOURCE_DIR) / fmt::format("tests/tracking/stores/v{}.db.zst", version);
  const std::string frame = must(read_file(file));
  const auto bytes = decompressed({reinterpret_cast<const std::uint8_t*>(frame.data()), frame.size()});
  if (!bytes) throw std::runtime_error(file.string() + " is damaged");
  std::filesystem::create_directories(folder);
  write_text(folder / "experiments.db", std::string(bytes->begin(), bytes->end()));
  return must(Store::open(folder, Store::Mode::Write));
}

struct OldStore {
  int version = 0;
  double drop = 0.0;  ///< of the best iteration of its run that is done
};
class OldStoreTest : public testing::TestWithParam<OldStore> {};

TEST_P(OldStoreTest, IsUpdatedWithAllThatWasRecorded) {
  const TempFolder folder;
  const Store store = store_of_version(GetParam().version, folder.path() / "store");
  must(checked(store));
  auto runs = must(Runs::open(store));
  const auto done = must(runs.show(must(runs.find("done-run"))));
  EXPECT_EQ(done.summary.outcome, Outcome::NotMet);
  EXPECT_EQ(done.iterations.size(), 4U);
  EXPECT_EQ(done.summary.reverted, 3);
  EXPECT_NEAR(done.summary.drop.value_or(kNaN), GetParam().drop, 1e-12);
  ASSERT_FALSE(done.rankings.empty());
  EXPECT_EQ(done.rankings[0].scores.size(), 24U);
  const auto killed = must(runs.summary(must(runs.find("killed-run"))));
  EXPECT_EQ(killed.state, RunState::Interrupted);
  EXPECT_EQ(killed.iterations, 1);
  const auto answers = must(Answers::open(store));
  const auto quantization = must(answers->find_blob(done.iterations[3].quantization));
  EXPECT_TRUE(quantization) << "its models can be rebuilt";
  must(runs.set_note(done.summary.id, "updated"));
  EXPECT_EQ(must(queried(runs, {.filter = "has:note"})).size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Versions, OldStoreTest, testing::Values(OldStore{1, 0.007}, OldStore{2, 0.0025}),
                         [](const auto& test) { return "v" + std::to_string(test.param.version); });

}  // namespace
}  // namespace quantrail::tracking
