"""From a Theme to what Qt understands: a palette and one style sheet."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from desktop_llm.ui.widgets.theme import SIZE_BODY, SIZE_CONTROL, SIZE_HEADING, SIZE_SMALL, SIZE_TITLE, Theme, mix


def build_palette(theme: Theme) -> QPalette:
    """The theme as a palette, for what the style sheet does not reach."""
    palette = QPalette()
    role = QPalette.ColorRole
    for roles, colour in (
        ((role.Window, role.ToolTipBase), theme.surface if theme.is_dark else theme.background),
        ((role.Base, role.Button), theme.raised),
        ((role.AlternateBase,), theme.surface),
        ((role.Text, role.WindowText, role.ButtonText, role.ToolTipText, role.HighlightedText), theme.text),
        ((role.BrightText, role.Link, role.LinkVisited, role.Accent), theme.accent),
        ((role.PlaceholderText,), theme.text_muted),
        ((role.Highlight,), theme.selection),
        ((role.Light, role.Midlight), theme.raised),
        ((role.Mid, role.Dark), theme.border),
        ((role.Shadow,), theme.border),
    ):
        for each in roles:
            palette.setColor(each, QColor(colour))
    for each in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, QColor(disabled_text(theme)))
    return palette


def disabled_text(theme: Theme) -> str:
    """The colour of what cannot be used now."""
    return mix(theme.text_muted, theme.background, 0.4)


def build_style_sheet(theme: Theme) -> str:
    """The theme as one style sheet; widgets choose a part of it by their `part` property or name."""
    values = {
        "hover": mix(theme.surface, theme.text, 0.06),
        "pressed": mix(theme.surface, theme.text, 0.11),
        "accent_hover": mix(theme.accent, theme.text, 0.14),
        "soft_accent": mix(theme.surface, theme.accent, 0.14),
        "disabled": disabled_text(theme),
        "disabled_ground": mix(theme.raised, theme.text, 0.1),
        "handle": mix(theme.surface, theme.text, 0.22),
        "handle_hover": mix(theme.surface, theme.text, 0.36),
        "small": SIZE_SMALL,
        "control": SIZE_CONTROL,
        "body": SIZE_BODY,
        "heading": SIZE_HEADING,
        "title": SIZE_TITLE,
        "tip": theme.raised,
    }
    for name in Theme.__slots__:
        values[name] = getattr(theme, name)
    sheet = _SHEET
    for name in sorted(values, key=len, reverse=True):
        sheet = sheet.replace(f"@{name}", str(values[name]))
    return sheet


_SHEET = """
* { font-size: @controlpx; color: @text; outline: none; }
QMainWindow, QDialog, QWidget[part="page"] { background: @background; }
QWidget[part="side"], QWidget[part="list"] { background: @surface; }
QFrame[part="line-v"] { background: @border; max-width: 1px; min-width: 1px; border: none; }
QFrame[part="line-h"] { background: @border; max-height: 1px; min-height: 1px; border: none; }

QLabel { background: transparent; }
QLabel[part="small"] { font-size: @smallpx; color: @text_muted; }
QLabel[part="muted"] { color: @text_muted; }
QLabel[part="body"] { font-size: @bodypx; }
QLabel[part="heading"] { font-size: @headingpx; font-weight: 600; }
QLabel[part="title"] { font-size: @titlepx; font-weight: 600; }
QLabel[part="strong"] { font-weight: 600; }
QLabel:disabled { color: @disabled; }

QToolTip { background: @tip; color: @text; border: 1px solid @border; padding: 6px 8px; font-size: @smallpx; }

QMenuBar { background: @surface; border-bottom: 1px solid @border; padding: 2px 6px; }
QMenuBar::item { background: transparent; padding: 5px 10px; border-radius: 6px; }
QMenuBar::item:selected { background: @hover; }
QMenu { background: @raised; border: 1px solid @border; border-radius: 8px; padding: 6px; }
QMenu::item { padding: 6px 28px 6px 12px; border-radius: 5px; }
QMenu::item:selected { background: @soft_accent; }
QMenu::item:disabled { color: @disabled; }
QMenu::separator { height: 1px; background: @border; margin: 6px 4px; }
QMenu::indicator { width: 14px; height: 14px; left: 6px; }

QPushButton { background: @raised; border: 1px solid @border; border-radius: 6px; padding: 6px 14px;
  min-height: 18px; }
QPushButton:hover { background: @hover; }
QPushButton:pressed { background: @pressed; }
QPushButton:focus { border: 2px solid @accent; padding: 5px 13px; }
QPushButton:disabled { color: @disabled; background: transparent; }
QPushButton[part="primary"] { background: @accent; border: 1px solid @accent; color: @accent_text; font-weight: 600; }
QPushButton[part="primary"]:hover { background: @accent_hover; }
QPushButton[part="primary"]:focus { border: 2px solid @text; }
QPushButton[part="primary"]:disabled { background: @disabled_ground; border-color: @disabled_ground;
  color: @disabled; }
QPushButton[part="quiet"] { background: transparent; border: 1px solid transparent; color: @accent; padding: 4px 8px; }
QPushButton[part="quiet"]:hover { background: @hover; }
QPushButton[part="quiet"]:focus { border: 2px solid @accent; padding: 3px 7px; }
QPushButton[part="card"] { background: @raised; border: 1px solid @border; border-radius: 8px; padding: 8px 14px;
  text-align: left; font-size: @controlpx; }
QPushButton[part="card"]:hover { border-color: @accent; background: @raised; }
QPushButton[part="card"]:pressed { background: @soft_accent; }
QPushButton[part="card"]:focus { border: 2px solid @accent; padding: 7px 13px; }
QPushButton[part="chip"] { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 4px 8px;
  color: @text_muted; text-align: left; }
QPushButton[part="chip"]:hover, QPushButton[part="chip"]:open { background: @hover; color: @text; }
QPushButton[part="chip"]:focus { border: 2px solid @accent; padding: 3px 7px; }
QPushButton::menu-indicator { image: none; width: 0; }

QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 5px; }
QToolButton:hover { background: @hover; }
QToolButton:pressed { background: @pressed; }
QToolButton:checked { background: @soft_accent; }
QToolButton:focus { border: 2px solid @accent; padding: 4px; }
QToolButton[part="send"] { background: @accent; border-radius: 16px; border: 2px solid transparent; padding: 4px; }
QToolButton[part="send"]:hover { background: @accent_hover; }
QToolButton[part="send"]:focus { border: 2px solid @text; }
QToolButton[part="send"]:disabled { background: @disabled_ground; }

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit[part="field"] { background: @raised;
  border: 1px solid @border; border-radius: 6px; padding: 5px 8px; selection-background-color: @selection;
  selection-color: @text; min-height: 20px; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit[part="field"]:focus {
  border: 2px solid @accent; padding: 4px 7px; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled { color: @disabled;
  background: @surface; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { width: 0;
  border: none; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: @raised; border: 1px solid @border; padding: 4px;
  selection-background-color: @soft_accent;
  selection-color: @text; }

QFrame[part="composer"] { background: @raised; border: 1px solid @border; border-radius: 12px; }
QFrame[part="composer"][active="true"] { border: 1px solid @accent; }
QPlainTextEdit[part="composer"] { background: transparent; border: none; font-size: @bodypx; padding: 0;
  selection-background-color: @selection; selection-color: @text; }

QFrame[part="card"] { background: @raised; border: 1px solid @border; border-radius: 10px; }
QFrame[part="banner"] { background: @raised; border: 1px solid @border; border-radius: 8px; }
QFrame[part="banner"][kind="error"] { border-color: @danger; }
QFrame[part="banner"][kind="warning"] { border-color: @warning; }
QLabel[part="danger"] { color: @danger; }
QLabel[part="warning"] { color: @warning; }
QLabel[part="success"] { color: @success; }
QLabel[part="key"] { background: @surface; border: 1px solid @border; border-radius: 4px; padding: 1px 6px;
  font-size: @smallpx; }

QTabBar { background: transparent; border: none; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: @text_muted; border: none; border-bottom: 2px solid transparent;
  padding: 8px 12px; margin-right: 8px; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; }
QTabBar::tab:focus { background: @soft_accent; border-radius: 4px; }

QListView { background: transparent; border: none; }
QTableView { background: transparent; border: none; selection-background-color: @selection; selection-color: @text; }
QTableView:focus { border: 1px solid @accent; }
QTableView::item { padding: 0 8px; border-bottom: 1px solid @border; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section { background: @background; border: none; border-bottom: 1px solid @border; padding: 4px 8px;
  font-size: @smallpx; color: @text_muted; }
QScrollArea { background: transparent; border: none; }
QWidget[part="scrolled"] { background: transparent; }

QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar::handle:vertical { background: @handle; border-radius: 3px; min-height: 32px; margin: 3px; }
QScrollBar::handle:vertical:hover { background: @handle_hover; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle:horizontal { background: @handle; border-radius: 3px; min-width: 32px; margin: 3px; }
QScrollBar::handle:horizontal:hover { background: @handle_hover; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSlider { min-height: 22px; }
QSlider::groove:horizontal { height: 4px; background: @border; border-radius: 2px; }
QSlider::sub-page:horizontal { background: @accent; border-radius: 2px; }
QSlider::handle:horizontal { background: @raised; border: 2px solid @accent; width: 12px; height: 12px;
  margin: -6px 0; border-radius: 8px; }
QSlider::handle:horizontal:focus { background: @accent; }

QProgressBar { background: @handle; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: @accent; border-radius: 2px; }
"""
