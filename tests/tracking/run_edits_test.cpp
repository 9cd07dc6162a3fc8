#include <array>

#include "support.h"
#include "tracking/runs.h"

namespace quantrail::tracking {
namespace {

class RunEditsTest : public testing::Test {
 protected:
  RunSummary now() { return must(runs_.summary(run_)); }

  TempFolder folder_;
  Store store_ = new_store(folder_);
  Runs runs_ = must(Runs::open(store_));
  std::int64_t run_ = new_run(store_, "first");
};

TEST_F(RunEditsTest, NotesStarsAndTagsAreKept) {
  must(runs_.set_note(run_, "good"));
  must(runs_.star(run_, true));
  EXPECT_TRUE(must(runs_.tag(run_, "night")));
  EXPECT_FALSE(must(runs_.tag(run_, "night"))) << "it has it already";
  EXPECT_TRUE(must(runs_.tag(run_, "base")));
  EXPECT_EQ(now().note, "good");
  EXPECT_TRUE(now().starred);
  EXPECT_EQ(now().tags, (std::vector<std::string>{"base", "night"}));
  EXPECT_TRUE(must(runs_.untag(run_, "night")));
  EXPECT_FALSE(must(runs_.untag(run_, "night")));
  must(runs_.star(run_, false));
  must(runs_.set_note(run_, ""));
  EXPECT_EQ(now().note, "");
  EXPECT_FALSE(now().starred);
}

TEST_F(RunEditsTest, TwoWritersOfOneNoteDoNotOverwriteEachOther) {
  must(runs_.set_note(run_, "mine", ""));
  EXPECT_TRUE(fails_with(runs_.set_note(run_, "yours", ""), Cause::InvalidInput, "was changed meanwhile"));
  EXPECT_EQ(now().note, "mine");
  must(runs_.set_note(run_, "yours", "mine"));
  EXPECT_EQ(now().note, "yours");
}

TEST_F(RunEditsTest, TagsThatNoFilterCouldNameAreRefused) {
  for (const char* tag : {"", "a b", "a,b", "a:b", "a\nb", "a|b", "(a"}) {
    EXPECT_TRUE(fails_with(runs_.tag(run_, tag), Cause::InvalidInput, "tag \"")) << tag;
  }
  EXPECT_TRUE(now().tags.empty());
}

TEST_F(RunEditsTest, ANameIsOneRunsAlone) {
  const auto other = new_run(store_, "second");
  EXPECT_TRUE(fails_with(runs_.rename(other, "first"), Cause::InvalidInput, "is taken by run 1"));
  must(runs_.rename(run_, "first"));
  must(runs_.rename(run_, "third"));
  EXPECT_EQ(must(runs_.find("third")), run_);
  must(runs_.rename(other, "first"));
  EXPECT_TRUE(fails_with(runs_.rename(run_, "12"), Cause::InvalidInput, "must not be a number"));
}

TEST_F(RunEditsTest, ARunThatIsNotThereIsNamed) {
  EXPECT_TRUE(fails_with(runs_.star(9, true), Cause::InvalidInput, "no run 9"));
  EXPECT_TRUE(fails_with(runs_.set_note(9, "x"), Cause::InvalidInput, "no run 9"));
  EXPECT_TRUE(fails_with(runs_.rename(9, "x"), Cause::InvalidInput, "no run 9"));
  EXPECT_TRUE(fails_with(runs_.tag(9, "x"), Cause::InvalidInput, "no run 9"));
  EXPECT_TRUE(fails_with(runs_.trash(std::array{std::int64_t{9}}), Cause::InvalidInput, "no run \"9\""));
}

TEST_F(RunEditsTest, RemovalsAreUndoneOneByOneLatestFirst) {
  const auto second = new_run(store_, "second");
  const auto third = new_run(store_, "third");
  must(runs_.trash(std::array{run_, third}));
  must(runs_.trash(std::array{second}));
  EXPECT_TRUE(must(runs_.list()).empty());
  EXPECT_TRUE(fails_with(runs_.find("latest"), Cause::InvalidInput, "no runs"));
  EXPECT_EQ(must(runs_.find("third")), third) << "a whole name is found in the trash";
  EXPECT_TRUE(fails_with(runs_.trash(std::array{run_}), Cause::InvalidInput, "in the trash already"));
  EXPECT_EQ(must(runs_.restore(std::nullopt)), (std::vector<std::string>{"second"}));
  EXPECT_EQ(must(runs_.restore(std::nullopt)), (std::vector<std::string>{"first", "third"}));
  EXPECT_TRUE(fails_with(runs_.restore(std::nullopt), Cause::InvalidInput, "the trash is empty"));
  must(runs_.trash(std::array{run_, second}));
  EXPECT_EQ(must(runs_.restore(second)), (std::vector<std::string>{"second"}));
  EXPECT_TRUE(fails_with(runs_.restore(second), Cause::InvalidInput, "not in the trash"));
}

TEST_F(RunEditsTest, ARunAtWorkStaysAndATrashedOneGetsNoWorker) {
  const auto second = new_run(store_, "second");
  auto lease = own(store_, run_);
  EXPECT_TRUE(fails_with(runs_.trash(std::array{second, run_}), Cause::InvalidInput, "is running: stop it first"));
  EXPECT_EQ(must(runs_.list()).size(), 2U) << "all of them or none";
  must(runs_.request(run_, Verb::Stop));
  EXPECT_TRUE(fails_with(runs_.trash(std::array{run_}), Cause::InvalidInput, "run 1 (first) has not stopped yet"));
  must(lease->release(RunState::Interrupted, "stopped"));
  must(runs_.trash(std::array{run_}));
  EXPECT_TRUE(fails_with(Lease::acquire(store_, run_, {}), Cause::InvalidInput, "is in the trash"));
}

TEST_F(RunEditsTest, AMovedModelIsToldForAllItsRuns) {
  new_run(store_, "second");
  EXPECT_EQ(must(runs_.relink(digest_of("net"), "/elsewhere/net.onnx")), 2);
  EXPECT_EQ(must(runs_.show(run_)).model_path, "/elsewhere/net.onnx");
  EXPECT_EQ(must(runs_.relink(digest_of("other"), "/x")), 0);
}

}  // namespace
}  // namespace quantrail::tracking
