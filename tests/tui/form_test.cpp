#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tui/sample_models.h"

namespace quantrail::tui {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Model form() { return after(sample_runs({24, 80}, Charset::Ascii), {FormLoaded{sample_form()}}); }
Model checked(Model model, std::map<std::string, std::string> errors = {}) {
  const auto revision = model.form->revision;
  return update(std::move(model), FormChecked{revision, std::move(errors), {}}).model;
}

TEST(Form, IsCheckedWhileItIsTyped) {
  const Next next = update(after(form(), {key(Key::Down), key(Key::Down), key(Key::Down), key(Key::Down)}), key(U'5'));
  ASSERT_EQ(next.commands.size(), 1U);
  const auto& check = std::get<CheckForm>(next.commands.front());
  EXPECT_THAT(check.changes, ElementsAre(std::pair<std::string, std::string>("maximal_drop", "0.015")));
  EXPECT_EQ(check.revision, next.model.form->revision);
  EXPECT_FALSE(next.model.form->checked);
  const Model stale = after(next.model, {FormChecked{check.revision - 1, {{"search", "no"}}, {}}});
  EXPECT_TRUE(stale.form->errors.empty()) << "an answer to what was typed before";
}

TEST(Form, IsNotSubmittedWithErrorsAndGoesToThem) {
  const Next refused = update(checked(form(), {{"maximal_drop", "must be a number"}}), key(Key::F10));
  EXPECT_TRUE(refused.commands.empty());
  EXPECT_EQ(refused.model.form->at, 4U);
  EXPECT_THAT(refused.model.told->text, HasSubstr("must be a number"));
  EXPECT_TRUE(update(form(), key(Key::F10)).commands.empty()) << "not checked yet";
  const Next submitted = update(checked(form()), key(Key::F10));
  ASSERT_EQ(submitted.commands.size(), 1U);
  EXPECT_FALSE(std::get<SubmitForm>(submitted.commands.front()).check_only);
  EXPECT_TRUE(update(submitted.model, key(Key::F10)).commands.empty()) << "once is enough";
}

TEST(Form, ANewRunIsOpenedOnceItsWorkerHasIt) {
  Model model = update(checked(form()), key(Key::F10)).model;
  const Next next =
      update(model, CommandDone{{"run", "--like", "4"}, 0, "note: x\nrun 7 net goes on by itself; watch it\n", false});
  EXPECT_EQ(next.model.screen(), Screen::Run);
  EXPECT_EQ(next.model.run.id, 7);
  EXPECT_FALSE(next.model.form);
  EXPECT_EQ(after(next.model, {key(U'q')}).screen(), Screen::Runs);
  const Model failed = after(model, {CommandDone{{"run"}, 2, "quantrail: no such file\n", false}});
  EXPECT_EQ(failed.screen(), Screen::Form) << "what was typed is not lost";
  EXPECT_EQ(failed.told->text, "quantrail: no such file");
}

TEST(Form, AnotherCommandThatEndsMeanwhileIsNotItsOwn) {
  const Model model = after(form(), {CommandDone{{"run", "c.json"}, 0, "run 7 net goes on by itself\n", false}});
  EXPECT_EQ(model.screen(), Screen::Form);
  EXPECT_EQ(model.told->text, "run 7 net goes on by itself");
}

TEST(Form, ChoicesAreSteppedThrough) {
  Model model = after(form(), {key(Key::Down), key(Key::Down), key(Key::Down), key(U' ')});
  EXPECT_EQ(text_of(model.form->fields[3].line), "bisect");
  model = after(model, {key(Key::Left)});
  EXPECT_EQ(text_of(model.form->fields[3].line), "one_by_one");
  model = after(model, {key(U'b')});
  EXPECT_EQ(text_of(model.form->fields[3].line), "bisect");
}

TEST(Form, TabCompletesAPathThenGoesOn) {
  Model model = after(form(), {key(Key::Down), key(Key::Down)});
  model = after(model, {Completed{"/models/net.onnx", {"/models/net.onnx.1", "/models/net.onnx.2"}}});
  model = after(model, {key(Key::Tab)});
  EXPECT_EQ(text_of(model.form->fields[2].line), "/models/net.onnx.");
  EXPECT_EQ(model.form->at, 2U);
  model = after(model, {Completed{"/models/net.onnx.", {"/models/net.onnx.1", "/models/net.onnx.2"}}, key(Key::Tab)});
  EXPECT_EQ(model.form->at, 3U);
}

TEST(Form, AnotherSourceKeepsWhatWasChanged) {
  Model model = after(form(), {key(Key::Up), key(U'2'), key(Key::Down), key(Key::Backspace), key(U'7')});
  EXPECT_EQ(model.form->at, 0U) << "fields go round";
  const Next next = update(model, key(Key::Tab));
  ASSERT_FALSE(next.commands.empty());
  const auto& load = std::get<LoadForm>(next.commands.front());
  EXPECT_EQ(load.source.what, "7");
  EXPECT_THAT(load.changes, ElementsAre(std::pair<std::string, std::string>("maximal_drop", "0.012")));
}

TEST(Form, TheEditorGetsADraftAndItsTextIsTheNewSource) {
  const Next asked = update(form(), KeyPressed{control(U'E')});
  ASSERT_TRUE(std::holds_alternative<WriteDraft>(asked.commands.front()));
  const Next written = update(asked.model, DraftWritten{"/tmp/x.json"});
  EXPECT_THAT(written.commands, ElementsAre(Cmd{EditFile{"/tmp/x.json"}}));
  const Next edited = update(written.model, Edited{"/tmp/x.json", Editing::Changed});
  EXPECT_EQ(std::get<LoadForm>(edited.commands.front()).source.what, "/tmp/x.json");
  EXPECT_TRUE(update(written.model, Edited{"/tmp/x.json", Editing::Failed}).commands.empty());
  const Next looked_at = update(written.model, Edited{"/tmp/x.json", Editing::Unchanged});
  EXPECT_TRUE(looked_at.commands.empty());
  EXPECT_EQ(looked_at.model.form->source, written.model.form->source) << "what was only looked at takes no one's place";
}

TEST(Form, WhatWasEditedInVainIsNotLostAndNotStarted) {
  Model model = after(checked(form()),
                      {DraftWritten{"/tmp/x.json"}, Edited{"/tmp/x.json", Editing::Changed}, Told{"line 3: }", false}});
  EXPECT_TRUE(update(model, key(Key::F10)).commands.empty());
  EXPECT_THAT(update(model, KeyPressed{control(U'E')}).commands, ElementsAre(Cmd{EditFile{"/tmp/x.json"}}));
}

TEST(Form, LeavingItChangesNothing) {
  const Next next = update(form(), key(Key::Escape));
  EXPECT_EQ(next.model.screen(), Screen::Runs);
  EXPECT_FALSE(next.model.form);
}

TEST(Form, WhatWasTypedIsThrownAwayOnlyOnceThatIsSure) {
  Model model = after(form(), {key(Key::Down), key(U'x'), key(Key::Escape)});
  EXPECT_EQ(model.screen(), Screen::Form);
  EXPECT_EQ(after(model, {key(U'y'), key(Key::Escape)}).screen(), Screen::Form) << "something else came between";
  EXPECT_EQ(after(model, {key(Key::Escape)}).screen(), Screen::Runs);
}

TEST(LineEdit, EditsAroundTheCursor) {
  LineEdit line = line_of("ab cd");
  EXPECT_TRUE(edit(line, on(Key::Left)));
  EXPECT_TRUE(edit(line, on(U'x')));
  EXPECT_EQ(text_of(line), "ab cxd");
  EXPECT_TRUE(edit(line, control(U'W')));
  EXPECT_EQ(text_of(line), "ab d");
  EXPECT_TRUE(edit(line, on(Key::Home)));
  EXPECT_TRUE(edit(line, on(Key::Delete)));
  EXPECT_TRUE(edit(line, on(Key::Backspace)));
  EXPECT_EQ(text_of(line), "b d");
  EXPECT_TRUE(edit(line, control(U'K')));
  EXPECT_EQ(text_of(line), "");
  EXPECT_FALSE(edit(line, on(U'\x1b')));
  EXPECT_FALSE(edit(line, on(U'\u202e'))) << "what turns the direction would hide what is typed";
  EXPECT_FALSE(edit(line, on(Key::F5)));
}

}  // namespace
}  // namespace quantrail::tui
