#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tui/update_parts.h"

namespace quantrail::tui {
namespace {

constexpr const char* kSourceKey = "from";
constexpr std::size_t kPage = 8;

std::vector<Cmd> checking(const Form& form) {
  std::vector<Cmd> commands{CheckForm{form.source, form.revision, values_of(form), changes_of(form)}};
  if (form.at < form.fields.size() && form.fields[form.at].kind == FieldKind::Path)
    commands.emplace_back(Complete{text_of(form.fields[form.at].line)});
  return commands;
}

/// Another source: its values take the place of those that nobody changed.
std::vector<Cmd> leaving_field(const Form& form) {
  const Field& field = form.fields[form.at];
  if (field.key != kSourceKey || text_of(field.line) == field.original) return {};
  FormSource source = form.source;
  source.what = text_of(field.line);
  Changes changes = changes_of(form);
  std::erase_if(changes, [](const auto& change) { return change.first == kSourceKey; });
  return {LoadForm{std::move(source), std::move(changes)}};
}

Next moved_in_form(Model model, Action action) {
  Form& form = *model.form;
  std::vector<Cmd> commands = leaving_field(form);
  switch (action) {
    case Action::NextField: next_field(form); break;
    case Action::PreviousField: previous_field(form); break;
    case Action::NextError: next_error(form); break;
    case Action::FurtherFields:
      form.at = std::min(form.at + kPage, form.fields.size() - 1);
      form.completions.clear();
      break;
    case Action::FormerFields:
      form.at -= std::min(form.at, kPage);
      form.completions.clear();
      break;
    default: break;
  }
  if (form.at < form.fields.size() && form.fields[form.at].kind == FieldKind::Path)
    commands.emplace_back(Complete{text_of(form.fields[form.at].line)});
  return {std::move(model), std::move(commands)};
}

Next submitting(Model model, bool check_only) {
  Form& form = *model.form;
  if (!form.draft.empty())
    return telling(std::move(model), "what was edited is no configuration: ^E goes on with it, Esc leaves it", false);
  if (!form.checked) return telling(std::move(model), "still checking: again in a moment", false);
  if (!form.errors.empty()) {
    next_error(form);
    const auto here = form.errors.find(form.fields[form.at].key);
    const std::string why = (here == form.errors.end() ? form.errors.begin() : here)->second;
    return telling(std::move(model), fmt::format("cannot yet: {}", why), false);
  }
  if (form.submitted) return telling(std::move(model), "it is under way", true);
  SubmitForm submit{form.source, values_of(form), changes_of(form), check_only};
  model.busy.emplace_back(check_only ? "check" : form.source.kind == FormKind::NewRun ? "run" : "export");
  model.told.reset();
  form.submitted = true;
  return {std::move(model), {std::move(submit)}};
}

/// A function, so that the command is made before the model is moved.
Next asking_for(Model&& model, Cmd command) {
  Next next{{}, {std::move(command)}};
  next.model = std::move(model);
  return next;
}

/// The run that `quantrail run` said to have started.
std::optional<std::int64_t> run_started(const std::vector<std::string>& lines) {
  constexpr std::string_view kStart = "run ";
  for (const auto& line : lines) {
    if (!line.starts_with(kStart) || line.find(" goes on by itself") == std::string::npos) continue;
    std::int64_t id = 0;
    for (std::size_t at = kStart.size(); at < line.size() && line[at] >= '0' && line[at] <= '9'; ++at)
      id = id * 10 + (line[at] - '0');
    if (id > 0) return id;
  }
  return std::nullopt;
}

}  // namespace

Next form_loaded(Model model, const FormLoaded& loaded) {
  const std::size_t at = model.form && model.screen() == Screen::Form ? model.form->at : loaded.form.at;
  const std::uint64_t revision = model.form ? model.form->revision + 1 : 1;
  model.form = loaded.form;
  model.form->at = std::min(at, loaded.form.fields.empty() ? 0 : loaded.form.fields.size() - 1);
  model.form->revision = revision;
  auto commands = checking(*model.form);
  if (model.screen() != Screen::Form) model = going_to(std::move(model), Screen::Form).model;
  return {std::move(model), std::move(commands)};
}

Next form_checked(Model model, const FormChecked& checked) {
  if (!model.form || model.form->revision != checked.revision) return still(std::move(model));
  model.form->errors = checked.errors;
  model.form->notes = checked.notes;
  model.form->checked = true;
  return still(std::move(model));
}

Next form_submitted(Model model, const CommandDone& done) {
  const auto lines = lines_of(done.output);
  const std::string last = lines.empty() ? fmt::format("exit code {}", done.exit_code) : lines.back();
  if (done.arguments.front() == "check") {
    if (done.exit_code != 0) return telling(std::move(model), last, false);
    return showing_text(std::move(model), "what this run would be", lines);
  }
  if (done.exit_code != 0) return telling(std::move(model), last, false);
  model.form.reset();
  std::erase(model.way, Screen::Form);
  Next next{{}, reading(model, true)};
  next.model = std::move(model);
  if (const auto run = run_started(lines)) {
    next = going_to(std::move(next.model), Screen::Runs);
    Next open = opening_run(std::move(next.model), *run, std::nullopt);
    open.commands.insert(open.commands.begin(), next.commands.begin(), next.commands.end());
    next = std::move(open);
  }
  // What an export tells first is the file; notes on it follow.
  next.model.told = Told{lines.empty() || done.arguments.front() == "run" ? last : lines.front(), true};
  return next;
}

Next typed_in_form(Model model, const KeyPress& press) {
  if (!model.form) return going_back(std::move(model));
  Form& form = *model.form;
  const Action action = action_for(contexts_of(model), press);
  const bool asked = std::exchange(form.leaving, action == Action::Back);
  switch (action) {
    case Action::Back:
      if (!asked && !changes_of(form).empty())
        return telling(std::move(model), "Esc once more throws away what was typed", false);
      return going_back(std::move(model));
    case Action::Start: return submitting(std::move(model), false);
    case Action::Forecast: return submitting(std::move(model), true);
    case Action::Edit:
      if (!form.draft.empty()) return asking_for(std::move(model), EditFile{form.draft});
      return asking_for(std::move(model), WriteDraft{form.source, changes_of(form)});
    case Action::Help:
    case Action::Redraw:
    case Action::Suspend: return acted(std::move(model), action);
    case Action::NextField:
      if (press.key == Key::Tab && complete_field(form)) {
        auto commands = checking(form);
        return {std::move(model), std::move(commands)};
      }
      return moved_in_form(std::move(model), action);
    case Action::FurtherFields:
    case Action::FormerFields:
    case Action::PreviousField:
    case Action::NextError: return moved_in_form(std::move(model), action);
    default: break;
  }
  if (press.key == Key::Enter && (form.fields.empty() || form.fields[form.at].kind != FieldKind::Choice))
    return moved_in_form(std::move(model), Action::NextField);
  if (!edit_field(form, press)) return still(std::move(model));
  model.told.reset();
  auto commands = checking(form);
  return {std::move(model), std::move(commands)};
}

}  // namespace quantrail::tui
