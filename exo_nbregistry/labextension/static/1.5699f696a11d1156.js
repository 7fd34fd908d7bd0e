"use strict";(self.rspackChunkexo_nbregistry=self.rspackChunkexo_nbregistry||[]).push([[1],{27(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=(r.n(a))()(i());n.push([e.id,`.exo-ActionBar-buttons {
  display: flex;
  gap: 4px;
  align-items: start;
}

.exo-ActionBar-buttons > .exo-Buttons {
  flex: 0 1 auto;
}

.exo-ActionBar-more.exo-ActionBar-more {
  display: none;
  margin: 4px 0;
}

.exo-Button[aria-disabled='true'] {
  opacity: 0.5;
  cursor: default;
}

.exo-ActionForm {
  margin: 4px 0 8px;
  padding: 8px;
  background: var(--jp-layout-color1, #fff);
  border: 1px solid var(--jp-border-color1, #bdbdbd);
  border-left: 3px solid var(--jp-brand-color1, #1976d2);
  overflow-wrap: anywhere;
}

.exo-ActionForm-title {
  font-weight: 600;
}

.exo-ActionForm .exo-Form {
  display: flex;
  flex-direction: column;
  gap: 6px;
  margin: 4px 0;
}

.exo-ActionForm .exo-Form[hidden] {
  display: none;
}

.exo-Field {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 8px;
  align-items: baseline;
}

.exo-Field > :is(input[type='text'], textarea) {
  box-sizing: border-box;
  flex: 1 1 160px;
  min-width: 0;
  color: var(--jp-ui-font-color1, #212121);
  background: var(--jp-input-background, transparent);
}

.exo-Field > textarea {
  flex-basis: 100%;
  padding: 4px 6px;
  border: 1px solid var(--jp-border-color1, #bdbdbd);
  font: inherit;
  resize: vertical;
}

.exo-Field.exo-mod-check {
  gap: 4px;
  align-items: center;
}

.exo-Button.jp-mod-accept {
  color: var(--jp-ui-font-color0, #000);
  border: 2px solid var(--jp-brand-color1, #1976d2);
}

@container exo-pane (max-width: 520px) {
  .exo-ActionBar .exo-Button.exo-mod-minor {
    display: none;
  }

  .exo-ActionBar-more.exo-ActionBar-more {
    display: inline-flex;
  }
}
`,""]),r.d(o,{},{A:n})},12(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=r.n(a),d=r(15),l=r(16),x=r(17),p=r(18),s=r(19),c=r(20),h=r(21),f=r(22),u=r(23),m=r(24),g=r(25),b=r(26),w=r(27),v=r(28),y=r(29),j=r(30),k=r(31),C=r(32),A=r(33),z=r(34),L=r(35),S=n()(i());S.i(d.A),S.i(l.A),S.i(x.A),S.i(p.A),S.i(s.A),S.i(c.A),S.i(h.A),S.i(f.A),S.i(u.A),S.i(m.A),S.i(g.A),S.i(b.A),S.i(w.A),S.i(v.A),S.i(y.A),S.i(j.A),S.i(k.A),S.i(C.A),S.i(A.A),S.i(z.A),S.i(L.A),S.push([e.id,`
`,""]),r.d(o,{},{A:S})},28(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=(r.n(a))()(i());n.push([e.id,`/* The first column and the head stay in view while the pane scrolls, so the table has no scroll. */
.exo-Compare {
  border-spacing: 0;
  font-size: inherit;
}

.exo-Compare :is(th, td) {
  min-width: 96px;
  max-width: 320px;
  padding: 3px 10px 3px 6px;
  background: var(--jp-layout-color1, #fff);
  border-bottom: 1px solid var(--jp-border-color3, #eee);
  font-weight: normal;
  text-align: left;
  vertical-align: top;
  overflow-wrap: break-word;
}

.exo-Compare thead th {
  position: sticky;
  top: 0;
  z-index: 2;
  border-bottom: 1px solid var(--jp-border-color1, #bdbdbd);
}

.exo-Compare :is(thead th:first-child, th[scope='row']) {
  position: sticky;
  left: 0;
  z-index: 1;
  color: var(--jp-ui-font-color2, #616161);
}

.exo-Compare thead th:first-child {
  z-index: 3;
}

.exo-Compare-section > th {
  padding-top: 10px;
  color: var(--jp-ui-font-color1, #212121);
  font-weight: 600;
}

.exo-Compare-head {
  display: flex;
  gap: 4px;
  align-items: start;
  justify-content: space-between;
}

.exo-Compare-id {
  font-weight: 600;
}

.exo-Compare-facts {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 6px;
}

.exo-Compare-reference {
  color: var(--jp-ui-font-color2, #616161);
}

.exo-Change {
  display: block;
  width: fit-content;
  padding: 0 4px;
  border-left: 3px solid transparent;
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
}

.exo-mod-numeric .exo-Change {
  margin-left: auto;
}

/* Behind the page's own text, so that it has enough contrast in each theme. */
.exo-Change.exo-mod-better {
  background: rgb(56 142 60 / 25%);
  border-left-color: rgb(56 142 60);
}

.exo-Change.exo-mod-worse {
  background: rgb(229 57 53 / 25%);
  border-left-color: rgb(229 57 53);
}

.exo-Change:is(.exo-mod-same, .exo-mod-unknown) {
  color: var(--jp-ui-font-color2, #616161);
}

.exo-Compare-same {
  display: flex;
  flex-wrap: wrap;
  gap: 4px 8px;
  align-items: center;
}

/* One block for each field, with the version beside each value. */
@container exo-pane (max-width: 420px) {
  .exo-Compare,
  .exo-Compare :is(thead, tbody, tr, th, td) {
    display: block;
    max-width: none;
  }

  .exo-Compare :is(th, td, thead th, th[scope='row'], thead th:first-child) {
    position: static;
    padding: 2px 0;
    border-bottom: 0;
  }

  .exo-Compare thead th:first-child {
    display: none;
  }

  .exo-Compare tr {
    padding: 4px 0;
    border-bottom: 1px solid var(--jp-border-color2, #e0e0e0);
  }

  .exo-Compare td {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 8px;
    justify-content: end;
  }

  .exo-Compare td::before {
    flex: 1 1 auto;
    color: var(--jp-ui-font-color2, #616161);
    content: attr(data-label);
    overflow-wrap: anywhere;
    text-align: left;
    white-space: normal;
  }

  .exo-mod-numeric .exo-Change {
    margin-left: 0;
  }
}
`,""]),r.d(o,{},{A:n})},16(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=(r.n(a))()(i());n.push([e.id,`.exo-View select.jp-mod-styled,
.exo-View input.jp-mod-styled {
  box-sizing: border-box;
  height: 28px;
  margin: 0;
  padding: 0 6px;
  color: var(--jp-ui-font-color0, #000);
  background: var(--jp-input-background, #fff);
  border: 1px solid var(--jp-border-color1, #bdbdbd);
  border-radius: var(--jp-border-radius, 2px);
  font-size: var(--jp-ui-font-size1, 13px);
}

.exo-View select.jp-mod-styled {
  appearance: auto;
}

.exo-View input::placeholder {
  color: var(--jp-ui-font-color1, #212121);
  font-family: var(--jp-ui-font-family, sans-serif);
  font-size: var(--jp-ui-font-size0, 11px);
  font-style: italic;
  opacity: 1;
}

.exo-View :is(select, input)[aria-invalid='true'] {
  border-color: var(--jp-error-color1, #d32f2f);
}

.exo-View :focus-visible,
.exo-Comparison :focus-visible {
  outline: 2px solid var(--jp-brand-color1, #1976d2);
  outline-offset: -2px;
}

.exo-mod-error {
  color: var(--jp-ui-font-color1, #212121);
  border-left: 3px solid var(--jp-error-color1, #d32f2f);
  padding-left: 6px;
}

.exo-mod-secondary {
  color: var(--jp-ui-font-color2, #616161);
}

.exo-Button.jp-mod-styled,
.exo-Icon {
  min-height: 24px;
  height: auto;
  margin: 0;
  padding: 2px 8px;
  color: var(--jp-ui-font-color1, #212121);
  background: var(--jp-layout-color2, #eee);
  border: 1px solid var(--jp-border-color1, #bdbdbd);
  border-radius: var(--jp-border-radius, 2px);
  font-size: var(--jp-ui-font-size1, 13px);
  letter-spacing: normal;
  line-height: normal;
  cursor: pointer;
}

.exo-Button.jp-mod-styled:hover:enabled,
.exo-Icon:hover {
  background: var(--jp-layout-color3, #bdbdbd);
}

.exo-Button.jp-mod-styled:disabled {
  opacity: 0.5;
  cursor: default;
}

.exo-Button.jp-mod-warn {
  border: 2px solid var(--jp-error-color1, #d32f2f);
}

.exo-Button[aria-pressed='true'] {
  border-color: var(--jp-brand-color1, #1976d2);
  background: var(--jp-layout-color3, #bdbdbd);
}

.exo-Icon {
  min-width: 24px;
  padding: 0 4px;
  background: none;
  border-color: transparent;
}

.exo-View input[type='checkbox'],
.exo-Comparison input[type='checkbox'] {
  margin: 0;
  color: inherit;
  accent-color: var(--jp-brand-color1, #1976d2);
}

.exo-Badge {
  flex: none;
  padding: 0 5px;
  color: var(--jp-ui-font-color1, #212121);
  border: 1px solid var(--jp-brand-color1, #1976d2);
  border-radius: 8px;
  font-size: var(--jp-ui-font-size0, 11px);
}

.exo-Badge.exo-mod-status {
  border-style: dashed;
  border-color: var(--jp-ui-font-color2, #616161);
}

.exo-Buttons {
  display: flex;
  flex-wrap: wrap;
  gap: 4px;
  margin: 6px 0;
}
`,""]),r.d(o,{},{A:n})},24(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=(r.n(a))()(i());n.push([e.id,`/* The details and the comparison: their width decides, not that of the window. */
.exo-Detail,
.exo-Comparison {
  container: exo-pane / inline-size;
  padding: 8px;
}

.exo-Detail:focus,
.exo-Comparison:focus {
  outline: none;
}

.exo-Detail p,
.exo-Comparison p {
  margin: 4px 0;
}

.exo-Detail .exo-Icon-svg,
.exo-Comparison .exo-Icon-svg {
  flex: none;
  width: 14px;
  height: 14px;
  vertical-align: -2px;
}

:is(.exo-Detail, .exo-Comparison) .exo-Button {
  display: inline-flex;
  gap: 4px;
  align-items: center;
  white-space: nowrap;
}

:is(.exo-Detail, .exo-Comparison) .exo-Buttons {
  margin: 4px 0;
}

/* What is read again stays readable under a thin line. */
:is(.exo-Detail, .exo-Comparison, .exo-Plots-output)[aria-busy='true']:not(
    :has(> .exo-Loading, > .exo-Detail-status > .exo-Loading)
  )::before,
.exo-Loading::before {
  display: block;
  height: 2px;
  margin-bottom: 2px;
  background: linear-gradient(90deg, transparent, var(--jp-brand-color1, #1976d2), transparent);
  background-size: 50% 100%;
  animation: exo-loading 1.2s linear infinite;
  content: '';
}

:is(.exo-Detail, .exo-Comparison)[aria-busy='true'] > .exo-Detail-body {
  opacity: 0.7;
}

@keyframes exo-loading {
  from {
    background-position: -100% 0;
  }

  to {
    background-position: 200% 0;
  }
}

@media (prefers-reduced-motion: reduce) {
  .exo-Loading::before,
  [aria-busy='true']::before {
    animation: none;
  }
}

.exo-Detail-badges,
.exo-Detail-facts {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 6px;
}

.exo-Detail-facts > span:not(:last-child)::after {
  margin-left: 6px;
  content: '\xb7';
}

.exo-Detail-version {
  white-space: nowrap;
}

.exo-mod-warning {
  color: var(--jp-ui-font-color1, #212121);
  font-weight: 600;
}

.exo-mod-warning::before {
  content: '⚠ ' / '';
}

.exo-Link.exo-Link {
  display: inline;
  min-height: 24px;
  padding: 0;
  color: var(--jp-content-link-color, #1565c0);
  background: none;
  border: 0;
  font: inherit;
  text-align: left;
  text-decoration: underline;
  overflow-wrap: break-word;
  white-space: normal;
  cursor: pointer;
}

.exo-Items,
.exo-Tags,
.exo-Events,
.exo-Parameters {
  margin: 0;
  padding: 0;
  list-style: none;
}

.exo-Controls {
  display: flex;
  flex-wrap: wrap;
  gap: 4px 12px;
  align-items: center;
  margin: 4px 0;
}

.exo-Controls > input[type='search'] {
  flex: 1 1 140px;
  min-width: 0;
}

.exo-Controls label {
  min-width: 0;
  overflow-wrap: anywhere;
}

.exo-Scroll {
  max-width: 100%;
  max-height: 420px;
  overflow: auto;
}

:is(.exo-Detail, .exo-Comparison) pre {
  max-height: 320px;
  margin: 0;
  padding: 6px;
  overflow: auto;
  color: var(--jp-ui-font-color1, #212121);
  background: var(--jp-layout-color2, #eee);
  font-family: var(--jp-code-font-family, monospace);
  font-size: var(--jp-code-font-size, 13px);
  line-height: 1.3;
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}
`,""]),r.d(o,{},{A:n})},19(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=(r.n(a))()(i());n.push([e.id,`.exo-Empty {
  flex: none;
  padding: 16px 12px;
}

/* The tools of an empty list stay above the text. */
.exo-View .exo-Layout-list:has(> .exo-Empty:not([hidden])) > .exo-List {
  flex: none;
}

.exo-Empty > p {
  margin: 0 0 8px;
}

.exo-View .exo-Empty-code {
  margin: 0 0 8px;
  padding: 8px;
  color: var(--jp-ui-font-color1, #212121);
  background: var(--jp-layout-color2, #eee);
  font-family: var(--jp-code-font-family, monospace);
  font-size: var(--jp-code-font-size, 13px);
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}
`,""]),r.d(o,{},{A:n})},29(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=(r.n(a))()(i());n.push([e.id,`/* The view of a follow-up list. */
.exo-Followup-content {
  display: flex;
  flex-direction: column;
  gap: 8px;
  padding: 8px;
}

.exo-Followup p {
  margin: 0;
  overflow-wrap: anywhere;
}

.exo-Followup-top {
  display: flex;
  flex-direction: column;
  gap: 8px;
}

.exo-Followup-head {
  display: flex;
  flex-direction: column;
  gap: 6px;
}

.exo-Followup-problem:empty {
  display: none;
}

.exo-Threshold,
.exo-Signal-search,
.exo-Export {
  display: flex;
  flex-wrap: wrap;
  gap: 4px 8px;
  align-items: center;
}

.exo-Signal-search > input {
  flex: 1 1 90px;
  min-width: 0;
  max-width: 200px;
}

.exo-Export > input {
  flex: 1 1 140px;
  min-width: 0;
  max-width: 320px;
}

.exo-Export-message {
  flex: 1 1 100%;
}

.exo-Export-message:empty {
  display: none;
}

.exo-Export-message pre {
  margin: 4px 0 0;
  overflow-x: auto;
}

.exo-Followup-body {
  display: flex;
  flex-direction: column;
  gap: 8px;
}

.exo-Followup-list {
  min-width: 0;
  border: 1px solid var(--jp-border-color2, #e0e0e0);
}

.exo-Followup-list .exo-Icon-svg {
  width: 14px;
  height: 14px;
  vertical-align: -2px;
}

.exo-Followup-list .exo-Followup-text {
  padding: 8px;
}

.exo-Followup-list > .exo-Signal-search {
  padding: 6px 8px;
  border-bottom: 1px solid var(--jp-border-color2, #e0e0e0);
}

/* The table scrolls before the notebook makes a scroll box of the output. */
.exo-Candidates-scroll {
  position: relative;
  overflow: auto;
}

.exo-Followup-list > .exo-Candidates-scroll {
  max-height: 300px;
}

:is(.exo-Candidates-scroll, .exo-Figures-output)[aria-busy='true'] {
  opacity: 0.6;
}

.exo-View table.exo-Candidates {
  width: max-content;
  min-width: 100%;
  margin: 0;
  color: inherit;
  border: 0;
  border-collapse: separate;
  border-spacing: 0;
  font-size: inherit;
  table-layout: auto;
}

.exo-View .exo-Candidates :is(th, td) {
  max-width: none;
  padding: 3px 8px;
  color: inherit;
  background: var(--jp-layout-color1, #fff);
  border: 0;
  border-bottom: 1px solid var(--jp-border-color3, #eee);
  font-weight: normal;
  text-align: left;
  vertical-align: baseline;
  white-space: nowrap;
}

.exo-View .exo-Candidates .exo-mod-right {
  font-variant-numeric: tabular-nums;
  text-align: right;
}

.exo-View .exo-Candidates thead th {
  position: sticky;
  z-index: 1;
  top: 0;
  background: var(--jp-layout-color2, #eee);
  border-bottom: 1px solid var(--jp-border-color1, #bdbdbd);
  font-weight: 600;
}

/* The name stays in view when a narrow table is scrolled. */
.exo-View .exo-Followup-list .exo-Candidates :is(tbody th, thead th:first-child) {
  position: sticky;
  left: 0;
}

.exo-View .exo-Followup-list .exo-Candidates thead th:first-child {
  z-index: 2;
}

.exo-Followup-list .exo-Candidates tbody tr {
  cursor: pointer;
}

.exo-View .exo-Followup-list .exo-Candidates tbody tr:hover > * {
  background: var(--jp-layout-color2, #eee);
}

.exo-View .exo-Candidates .exo-mod-selected > *,
.exo-View .exo-Followup-list .exo-Candidates tbody tr.exo-mod-selected:hover > * {
  background: var(--jp-layout-color2, #eee);
}

.exo-View .exo-Candidates .exo-mod-selected > th {
  box-shadow: inset 3px 0 0 var(--jp-brand-color1, #1976d2);
}

.exo-Candidates-sort,
.exo-Candidates-name {
  min-height: 24px;
  margin: 0;
  padding: 0;
  color: inherit;
  background: none;
  border: 0;
  font: inherit;
  cursor: pointer;
}

.exo-Candidates-name:hover,
.exo-Candidates-sort:hover {
  text-decoration: underline;
}

.exo-Figures {
  min-width: 0;
}

.exo-Figures img {
  display: block;
  max-width: 100%;
  height: auto;
}

/* The figure is beside the threshold that it depends on. */
@container exo-view (min-width: 640px) {
  .exo-Followup-top {
    flex-direction: row;
    gap: 16px;
    align-items: flex-start;
  }

  .exo-Followup-head {
    flex: 1 1 0;
    min-width: 0;
  }

  .exo-Figures {
    flex: 0 0 min(440px, 48%);
  }
}

/* In a wide view the details are beside the list. */
@container exo-view (min-width: 900px) {
  .exo-mod-open .exo-Followup-body {
    flex-direction: row;
    align-items: flex-start;
  }

  .exo-mod-open .exo-Followup-list {
    flex: 1 1 0;
  }

  .exo-mod-open .exo-Signal {
    flex: 0 0 clamp(340px, 36%, 480px);
  }

  .exo-Followup-list > .exo-Candidates-scroll {
    max-height: 420px;
  }

  .exo-mod-open .exo-Followup-list > .exo-Candidates-scroll {
    max-height: 560px;
  }
}
`,""]),r.d(o,{},{A:n})},31(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=(r.n(a))()(i());n.push([e.id,`/* The details of a signal in a follow-up list. */
.exo-View .exo-Signal table.exo-Candidates {
  width: 100%;
  min-width: 0;
}

.exo-View .exo-Signal .exo-Candidates tbody th {
  min-width: 120px;
  white-space: normal;
}

/* The values have most of the width, so that few of them have a second line. */
.exo-View .exo-Signal .exo-Candidates thead th:first-child {
  width: 30%;
}

.exo-View .exo-Signal .exo-Candidates :is(thead th, td) {
  white-space: normal;
}

.exo-Signal {
  display: flex;
  min-width: 0;
  flex-direction: column;
  gap: 4px;
}

.exo-Signal-head {
  display: flex;
  flex-wrap: wrap;
  gap: 4px 8px;
  align-items: center;
}

.exo-View .exo-Signal-title {
  flex: 1 1 auto;
  min-width: 0;
  margin: 0;
  color: inherit;
  font-size: var(--jp-ui-font-size1, 13px);
  font-weight: 600;
  overflow-wrap: anywhere;
}

.exo-View .exo-Signal a {
  color: var(--jp-content-link-color, #1565c0);
}

/* In a narrow view a quantity is above its values, so that no number is cut. */
@container exo-view (max-width: 480px) {
  .exo-View table.exo-Signal-values,
  .exo-Signal-values :is(thead, tbody) {
    display: block;
  }

  .exo-Signal-values tr {
    display: flex;
    flex-wrap: wrap;
    border-bottom: 1px solid var(--jp-border-color3, #eee);
  }

  .exo-View .exo-Signal-values :is(th, td) {
    flex: 1 1 auto;
    border: 0;
    white-space: normal;
    overflow-wrap: anywhere;
  }

  .exo-View .exo-Signal-values th:first-child {
    flex: 1 1 100%;
    padding-bottom: 0;
  }
}
`,""]),r.d(o,{},{A:n})},30(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=(r.n(a))()(i());n.push([e.id,`/* The slider and the field for the threshold of a follow-up list. */
.exo-Threshold-field {
  width: 90px;
  font-variant-numeric: tabular-nums;
}

.exo-Threshold-slider {
  flex: 1 1 100px;
  min-width: 0;
  max-width: 340px;
  height: 24px;
  margin: 0;
  appearance: none;
  color: inherit;
  background: none;
  cursor: pointer;
}

/* Browsers drop a rule with a selector that they do not know: one rule for each of them. */
.exo-Threshold-slider::-webkit-slider-runnable-track {
  height: 6px;
  background: linear-gradient(
    to right,
    var(--jp-brand-color1, #1976d2) calc(100% * var(--exo-share, 0)),
    var(--jp-layout-color3, #bdbdbd) 0
  );
  border: 1px solid var(--jp-ui-font-color2, #616161);
  border-radius: 3px;
}

.exo-Threshold-slider::-moz-range-track {
  height: 6px;
  background: var(--jp-layout-color3, #bdbdbd);
  border: 1px solid var(--jp-ui-font-color2, #616161);
  border-radius: 3px;
}

.exo-Threshold-slider::-webkit-slider-thumb {
  box-sizing: border-box;
  width: 16px;
  height: 16px;
  margin-top: -6px;
  appearance: none;
  background: var(--jp-brand-color1, #1976d2);
  border: 2px solid var(--jp-ui-font-color0, #000);
  border-radius: 50%;
}

.exo-Threshold-slider::-moz-range-thumb {
  box-sizing: border-box;
  width: 16px;
  height: 16px;
  background: var(--jp-brand-color1, #1976d2);
  border: 2px solid var(--jp-ui-font-color0, #000);
  border-radius: 50%;
}

.exo-Threshold > [aria-disabled='true'] {
  opacity: 0.5;
  cursor: default;
}
`,""]),r.d(o,{},{A:n})},33(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=(r.n(a))()(i());n.push([e.id,`/* With the colors of the system, backgrounds and shadows are removed: what they show is shown otherwise. */
@media (forced-colors: active) {
  .exo-List .exo-Grid > tbody > .exo-Row[aria-selected='true'],
  .exo-Completion[aria-selected='true'],
  .exo-Button[aria-pressed='true'] {
    color: SelectedItemText;
    background: SelectedItem;
    forced-color-adjust: none;
  }

  .exo-List .exo-Grid > tbody > .exo-Row[aria-selected='true'] * {
    color: inherit;
  }

  .exo-Menu-item:focus,
  .exo-View :focus-visible,
  .exo-Popover :focus-visible {
    outline: 2px solid Highlight;
    outline-offset: -2px;
  }

  .exo-Divider {
    background: CanvasText;
    forced-color-adjust: none;
  }

  .exo-Icon-svg,
  .exo-Trend {
    color: inherit;
    forced-color-adjust: auto;
  }
}
`,""]),r.d(o,{},{A:n})},17(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=(r.n(a))()(i());n.push([e.id,`.exo-Head {
  flex: none;
  padding: 6px 8px 0;
}

.exo-Head-row {
  display: flex;
  gap: 2px 8px;
  align-items: center;
}

.exo-Head-name {
  flex: 0 1 auto;
  min-width: 0;
  overflow-wrap: anywhere;
}

.exo-View .exo-Head-chooser.jp-mod-styled {
  flex: 0 1 auto;
  min-width: 0;
  max-width: 100%;
}

.exo-Head-location {
  flex: 1 1 0;
  min-width: 0;
  color: var(--jp-ui-font-color2, #616161);
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.exo-Head-row > .exo-Icon {
  flex: none;
  margin-left: auto;
}

.exo-Head-facts {
  display: flex;
  flex-wrap: wrap;
  gap: 0 12px;
  color: var(--jp-ui-font-color2, #616161);
}

.exo-Head-access {
  display: inline-flex;
  flex-wrap: wrap;
  gap: 0 4px;
  align-items: center;
}

.exo-Head-why {
  color: var(--jp-ui-font-color2, #616161);
}

/* The select has the location of each registry. */
.exo-Head-chooser:not([hidden]) ~ .exo-Head-location {
  display: none;
}

.exo-Icon.exo-mod-busy > svg {
  animation: exo-turn 1s linear infinite;
}

@keyframes exo-turn {
  to {
    transform: rotate(360deg);
  }
}

@media (prefers-reduced-motion: reduce) {
  .exo-Icon.exo-mod-busy > svg {
    animation: none;
    opacity: 0.5;
  }
}
`,""]),r.d(o,{},{A:n})},15(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=(r.n(a))()(i());n.push([e.id,`.exo-View {
  container: exo-view / inline-size;
  box-sizing: border-box;
  color: var(--jp-ui-font-color1, #212121);
  background: var(--jp-layout-color1, #fff);
  font-family: var(--jp-ui-font-family, system-ui, sans-serif);
  font-size: var(--jp-ui-font-size1, 13px);
  line-height: 1.4;
}

.exo-View.exo-mod-lab {
  height: 100%;
}

.exo-View.exo-mod-notebook {
  border: 1px solid var(--jp-border-color2, #e0e0e0);
  border-radius: var(--jp-border-radius, 2px);
}

/* \`hidden\` alone does not hide a flex box. */
.exo-View [hidden] {
  display: none;
}

.exo-View-content {
  display: flex;
  flex-direction: column;
  height: 100%;
}

.exo-Layout {
  display: flex;
  flex: 1 1 0;
  flex-direction: column;
  min-height: 0;
}

/* An output has the height of its content: the list scrolls before the notebook makes a box of it. */
.exo-mod-notebook .exo-Layout {
  flex: none;
  max-height: 360px;
}

.exo-mod-notebook .exo-Layout.exo-mod-open {
  height: 680px;
  max-height: none;
}

.exo-Layout-list {
  display: flex;
  flex: 1 1 0;
  flex-direction: column;
  min-width: 0;
  min-height: 0;
}

.exo-mod-notebook .exo-Layout:not(.exo-mod-open) > .exo-Layout-list {
  flex: 0 1 auto;
}

.exo-Layout-list > .exo-List {
  flex: 1 1 auto;
  min-height: 0;
}

/* Above the details, a short list is as high as its rows. */
.exo-Layout.exo-mod-open > .exo-Layout-list {
  flex: 0 1 auto;
  max-height: var(--exo-share, 45%);
}

.exo-Layout:not(.exo-mod-open) > :is(.exo-Divider, .exo-Pane) {
  display: none;
}

.exo-Divider {
  flex: none;
  height: 6px;
  background: var(--jp-border-color2, #e0e0e0);
  cursor: row-resize;
  touch-action: none;
}

.exo-Divider:is(:hover, :focus-visible) {
  background: var(--jp-brand-color1, #1976d2);
}

.exo-Pane {
  display: flex;
  flex: 1 1 0;
  flex-direction: column;
  min-width: 0;
  min-height: 0;
}

.exo-Pane-bar {
  display: flex;
  flex: none;
  gap: 4px;
  align-items: center;
  padding: 2px 4px 2px 8px;
  border-bottom: 1px solid var(--jp-border-color2, #e0e0e0);
}

.exo-View .exo-Pane-title {
  flex: 1 1 auto;
  min-width: 0;
  margin: 0;
  color: var(--jp-ui-font-color1, #212121);
  font-size: var(--jp-ui-font-size1, 13px);
  font-weight: 600;
  overflow-wrap: anywhere;
}

.exo-Pane-hint {
  margin: auto;
  padding: 16px;
  color: var(--jp-ui-font-color2, #616161);
  text-align: center;
}

.exo-Pane-body {
  flex: 1 1 auto;
  min-height: 0;
  overflow: auto;
}

/* In a wide view the details are beside the list. */
@container exo-view (min-width: 900px) {
  .exo-Layout,
  .exo-Layout.exo-mod-open {
    flex-direction: row;
  }

  .exo-Layout:not(.exo-mod-open) > .exo-Pane {
    display: flex;
    border-left: 1px solid var(--jp-border-color2, #e0e0e0);
  }

  .exo-View .exo-Layout:not(.exo-mod-open) > .exo-Layout-list {
    flex: 1 1 0;
  }

  .exo-Layout:not(.exo-mod-open) > .exo-Pane {
    flex: 0 0 220px;
  }

  .exo-Layout.exo-mod-open > .exo-Layout-list {
    flex: 0 0 var(--exo-share, 45%);
    max-height: none;
  }

  .exo-mod-notebook .exo-Layout.exo-mod-open {
    height: 480px;
  }

  .exo-Divider {
    width: 6px;
    height: auto;
    cursor: col-resize;
  }
}
`,""]),r.d(o,{},{A:n})},20(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=(r.n(a))()(i());n.push([e.id,`/* The list is narrow or wide by itself: the details may be beside it. */
.exo-List {
  position: relative;
  container: exo-list / inline-size;
  display: flex;
  flex: 1 1 auto;
  flex-direction: column;
  min-width: 0;
  min-height: 0;
  color: var(--jp-ui-font-color1, #333);
  font-family: var(--jp-ui-font-family, sans-serif);
  font-size: var(--jp-ui-font-size1, 13px);
}

/* \`hidden\` alone does not hide a flex box. */
.exo-List [hidden],
.exo-Popover [hidden] {
  display: none !important;
}

.exo-List .exo-Icon-svg,
.exo-Popover .exo-Icon-svg {
  flex: none;
  vertical-align: middle;
}

.exo-mod-unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

.exo-Tools {
  display: flex;
  flex: none;
  flex-wrap: wrap;
  gap: 4px 8px;
  align-items: center;
  padding: 4px 8px;
}

.exo-Tools .exo-Button {
  display: inline-flex;
  gap: 4px;
  align-items: center;
  max-width: 100%;
}

.exo-Tools-label {
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.exo-Tools-views {
  display: inline-flex;
}

.exo-Tools-views > .exo-Button:first-child {
  border-radius: var(--jp-border-radius, 2px) 0 0 var(--jp-border-radius, 2px);
}

.exo-Tools-views > .exo-Button:last-child {
  margin-left: -1px;
  border-radius: 0 var(--jp-border-radius, 2px) var(--jp-border-radius, 2px) 0;
}

.exo-Tools-views > .exo-Button[aria-pressed='true'] {
  z-index: 1;
  font-weight: 600;
}

.exo-Tools-option {
  display: inline-flex;
  gap: 4px;
  align-items: center;
  white-space: nowrap;
}

.exo-Tools-selection {
  display: inline-flex;
  gap: 8px;
  align-items: center;
  margin-left: auto;
  white-space: nowrap;
}

/* The line has its place also when nothing is read, so that the rows do not move. */
.exo-Progress {
  flex: none;
}

.exo-Progress-line {
  position: relative;
  height: 2px;
  overflow: hidden;
}

.exo-Progress.exo-mod-loading > .exo-Progress-line::before {
  position: absolute;
  inset: 0;
  width: 40%;
  content: '';
  background: var(--jp-brand-color1, #1976d2);
  animation: exo-progress 1.2s linear infinite;
}

.exo-Progress.exo-mod-loading > .exo-Progress-line.exo-mod-share::before {
  width: 100%;
  animation: none;
  transform: scaleX(var(--exo-share));
  transform-origin: left;
}

@keyframes exo-progress {
  from {
    left: -40%;
  }

  to {
    left: 100%;
  }
}

.exo-Progress-text {
  margin: 0;
  padding: 4px 8px;
  font-variant-numeric: tabular-nums;
}

.exo-Progress-rows {
  display: none;
  padding: 0 8px;
}

.exo-Progress.exo-mod-empty > .exo-Progress-rows {
  display: block;
}

.exo-Progress-row {
  height: 14px;
  margin: 7px 0;
  background: var(--jp-layout-color2, #eee);
  border-radius: var(--jp-border-radius, 2px);
}

.exo-Progress-row:nth-child(even) {
  width: 80%;
}

.exo-Pager {
  display: flex;
  flex: none;
  gap: 2px;
  align-items: center;
  justify-content: center;
  padding: 4px 8px;
  border-top: 1px solid var(--jp-border-color2, #ddd);
}

.exo-Pager-text {
  padding: 0 6px;
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
}

.exo-Pager [aria-disabled='true'] {
  opacity: 0.4;
  cursor: default;
}

.exo-Pager-end > .exo-Icon-svg + .exo-Icon-svg {
  margin-left: -11px;
}

@media (prefers-reduced-motion: reduce) {
  .exo-Progress.exo-mod-loading > .exo-Progress-line::before {
    width: 100%;
    animation: none;
    opacity: 0.5;
  }
}
`,""]),r.d(o,{},{A:n})},23(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=(r.n(a))()(i());n.push([e.id,`/* Menus and dialogs of the list are children of the body. */
.exo-Menu,
.exo-Popover {
  position: fixed;
  z-index: 10000;
  box-sizing: border-box;
  max-width: calc(100vw - 8px);
  max-height: calc(100vh - 8px);
  overflow: auto;
  color: var(--jp-ui-font-color1, #333);
  background: var(--jp-layout-color1, #fff);
  border: 1px solid var(--jp-border-color1, #bbb);
  border-radius: var(--jp-border-radius, 2px);
  box-shadow: var(--jp-elevation-z6, 0 2px 8px rgb(0 0 0 / 30%));
  font-family: var(--jp-ui-font-family, sans-serif);
  font-size: var(--jp-ui-font-size1, 13px);
}

.exo-Menu {
  min-width: 180px;
  padding: 4px 0;
}

.exo-Menu-item {
  padding: 4px 16px;
  cursor: pointer;
  white-space: nowrap;
}

.exo-Menu-item:focus {
  color: var(--jp-ui-font-color0, #000);
  background: var(--jp-layout-color2, #eee);
  outline: 2px solid var(--jp-brand-color1, #1976d2);
  outline-offset: -2px;
}

.exo-Menu-item[aria-disabled='true'] {
  opacity: 0.5;
  cursor: default;
}

.exo-Menu-line {
  height: 0;
  margin: 4px 0;
  border-top: 1px solid var(--jp-border-color2, #ddd);
}

.exo-Popover {
  display: flex;
  flex-direction: column;
  gap: 8px;
  width: 320px;
  max-height: min(480px, calc(100vh - 8px));
  padding: 8px;
  overflow: hidden;
}

.exo-Popover :focus-visible {
  outline: 2px solid var(--jp-brand-color1, #1976d2);
  outline-offset: -2px;
}

.exo-Popover-head {
  display: flex;
  flex: none;
  align-items: center;
  justify-content: space-between;
}

.exo-Popover input[type='search'] {
  box-sizing: border-box;
  flex: none;
  width: 100%;
  height: 28px;
  padding: 0 6px;
  color: inherit;
  background: var(--jp-layout-color1, #fff);
  border: 1px solid var(--jp-border-color1, #bbb);
  border-radius: var(--jp-border-radius, 2px);
  font: inherit;
}

.exo-Popover input:is([type='checkbox'], [type='radio']) {
  flex: none;
  margin: 0 6px 0 0;
  accent-color: var(--jp-brand-color1, #1976d2);
}

.exo-Popover p {
  margin: 2px 0;
  color: var(--jp-ui-font-color2, #666);
}

.exo-Columns-shown {
  flex: none;
  max-height: 40%;
  margin: 0;
  padding: 0;
  overflow: auto;
  list-style: none;
}

.exo-Columns-item {
  display: flex;
  align-items: center;
}

.exo-Columns-fields {
  flex: 1 1 240px;
  min-height: 96px;
  overflow: auto;
  border-top: 1px solid var(--jp-border-color2, #ddd);
}

.exo-Columns-fields > fieldset {
  margin: 4px 0;
  padding: 0;
  border: 0;
}

.exo-Columns-fields legend {
  padding: 0;
  font-weight: 600;
}

.exo-Columns-label {
  display: flex;
  flex: 1 1 auto;
  align-items: center;
  min-width: 0;
  min-height: 24px;
  overflow-wrap: anywhere;
}

.exo-Sort-head {
  display: flex;
  flex: none;
  gap: 8px;
}

.exo-Sort-head > .exo-Button {
  display: inline-flex;
  flex: none;
  align-items: center;
}

/* The button for the direction stays beside it. */
.exo-Popover .exo-Sort-head > input[type='search'] {
  flex: 1 1 0;
  width: auto;
  min-width: 0;
}
`,""]),r.d(o,{},{A:n})},21(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=(r.n(a))()(i());n.push([e.id,`/* The selectors also win against the tables of rendered HTML, which an output may be part of. */
.exo-Grid-scroll {
  flex: 1 1 auto;
  min-height: 0;
  overflow: auto;
}

.exo-List .exo-Grid {
  width: 100%;
  margin: 0;
  border: 0;
  border-spacing: 0;
  border-collapse: separate;
  font-size: inherit;
  table-layout: auto;
}

.exo-List.exo-mod-loading .exo-Grid > tbody {
  opacity: 0.6;
}

.exo-List .exo-Grid :is(th, td) {
  box-sizing: border-box;
  height: 28px;
  padding: 0 12px 0 0;
  border: 0;
  border-bottom: 1px solid var(--jp-border-color2, #ddd);
  background: none;
  font-weight: normal;
  line-height: 1.3;
  text-align: left;
  vertical-align: middle;
  white-space: nowrap;
}

.exo-List .exo-Grid > thead th {
  position: sticky;
  z-index: 1;
  top: 0;
  color: var(--jp-ui-font-color1, #333);
  background: var(--jp-layout-color1, #fff);
  border-bottom-color: var(--jp-border-color1, #bbb);
  font-weight: 600;
}

/* The name takes the room that the other columns leave, and is shortened. */
.exo-List .exo-Grid .exo-Row-head {
  width: 100%;
  min-width: clamp(190px, 32cqi, 340px);
  max-width: 0;
  padding-block: 3px;
  padding-left: 4px;
}

/* Before other columns are shown, the name has the room of an alias beside it. */
.exo-List .exo-Grid:has(.exo-Badges) .exo-Row-head {
  min-width: clamp(190px, 40cqi, 400px);
}

.exo-List .exo-Grid > thead .exo-Row-head {
  padding-left: 44px;
}

.exo-List .exo-Grid .exo-Cell {
  max-width: 200px;
  overflow: hidden;
  text-overflow: ellipsis;
}

.exo-List .exo-Grid > tbody .exo-Cell.exo-mod-whole {
  max-width: none;
}

.exo-List .exo-Grid .exo-mod-right {
  text-align: right;
}

.exo-List .exo-Grid > tbody .exo-mod-right {
  font-variant-numeric: tabular-nums;
}

.exo-List .exo-Grid .exo-Row-actions {
  width: 28px;
  padding: 0 4px 0 0;
}

.exo-Heads-button {
  display: inline-flex;
  align-items: center;
  max-width: 100%;
  margin: 0;
  padding: 2px 0;
  color: inherit;
  background: none;
  border: 0;
  font: inherit;
  cursor: pointer;
}

.exo-Heads-button:hover {
  text-decoration: underline;
}

.exo-Heads-title {
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.exo-List .exo-Grid > tbody > .exo-Row {
  background: none;
  cursor: pointer;
  /* The heads must not cover the row that the focus moves to. */
  scroll-margin-top: 30px;
}

.exo-List .exo-Grid > tbody > .exo-Row:not([aria-selected='true']):hover {
  background: var(--jp-layout-color2, #eee);
}

.exo-List .exo-Grid > tbody > .exo-Row[aria-selected='true'] {
  background: color-mix(in srgb, var(--jp-brand-color1, #1976d2) 16%, transparent);
}

.exo-List .exo-Grid > tbody > .exo-Row.exo-mod-open {
  background: color-mix(in srgb, var(--jp-brand-color1, #1976d2) 24%, transparent);
  box-shadow: inset 3px 0 var(--jp-brand-color1, #1976d2);
}

/* The lighter text has too little contrast on these backgrounds. */
.exo-List .exo-Grid > tbody > .exo-Row:is(:hover, [aria-selected='true']) {
  --jp-ui-font-color2: var(--jp-ui-font-color1, #333);
}

.exo-Row:focus-visible {
  outline: 2px solid var(--jp-brand-color1, #1976d2);
  outline-offset: -2px;
}

.exo-Row-title {
  display: flex;
  gap: 4px;
  align-items: flex-start;
  min-width: 0;
}

.exo-Row[data-level='2'] .exo-Row-title {
  padding-left: 16px;
}

.exo-Row-more > .exo-Row-head {
  padding-left: 60px;
  color: var(--jp-content-link-color, #1565c0);
}

.exo-Row-toggle,
.exo-Row-indent {
  flex: none;
  width: 16px;
  height: 16px;
  line-height: 16px;
}

.exo-List .exo-Row-checkbox {
  flex: none;
  width: 14px;
  height: 14px;
  margin: 2px 4px 0 0;
  accent-color: var(--jp-brand-color1, #1976d2);
}

/* What has no room beside the name goes to a line under it. */
.exo-Row-names {
  display: flex;
  flex: 1 1 0;
  flex-wrap: wrap;
  gap: 3px 4px;
  align-items: center;
  min-width: 0;
}

.exo-Name {
  display: flex;
  flex: 0 1 auto;
  min-width: 0;
  max-width: 100%;
}

.exo-Name-start {
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: pre;
}

.exo-Name-end,
.exo-Name-version {
  flex: none;
  white-space: pre;
}

.exo-Row-model .exo-Name {
  font-weight: 600;
}

.exo-mod-deleted .exo-Name {
  text-decoration: line-through;
}

.exo-Badges {
  display: flex;
  flex: 0 1 auto;
  flex-wrap: wrap;
  gap: 3px 4px;
  align-items: center;
  min-width: 0;
  max-width: 100%;
}

/* Only an alias that is longer than a line is shortened. */
.exo-Badges > .exo-Badge {
  box-sizing: border-box;
  flex: 0 1 auto;
  min-width: 0;
  max-width: 100%;
  height: 18px;
  overflow: hidden;
  line-height: 16px;
  text-overflow: ellipsis;
}

.exo-Badges-rest,
.exo-Row-names > .exo-mod-status {
  flex: none;
}

.exo-Row-children {
  flex: none;
  color: var(--jp-ui-font-color2, #666);
  font-size: var(--jp-ui-font-size0, 11px);
}

.exo-Cell-label,
.exo-Cell-unit {
  display: none;
}

.exo-Cell-metric {
  display: inline-block;
  max-width: 22ch;
  overflow: hidden;
  text-overflow: ellipsis;
  vertical-align: bottom;
  white-space: pre;
  color: var(--jp-ui-font-color2, #666);
}

.exo-Row-menu {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  width: 24px;
  height: 24px;
  padding: 0;
  color: var(--jp-ui-font-color2, #666);
  background: none;
  border: 0;
  border-radius: var(--jp-border-radius, 2px);
  cursor: pointer;
}

.exo-Row-menu:hover {
  color: var(--jp-ui-font-color1, #333);
  background: var(--jp-layout-color3, #ddd);
}

.exo-Trend {
  display: block;
  width: 48px;
  height: 14px;
  color: var(--jp-brand-color1, #1976d2);
}

.exo-Trend polyline {
  fill: none;
  stroke: currentcolor;
  stroke-width: 1.2;
}

.exo-Trend circle {
  fill: currentcolor;
}
`,""]),r.d(o,{},{A:n})},22(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=(r.n(a))()(i());n.push([e.id,`/* Rows of two lines: the name above the other cells. */
@container exo-list (max-width: 479.98px) {
  .exo-List .exo-Grid,
  .exo-List .exo-Grid > tbody {
    display: block;
  }

  .exo-List .exo-Grid > thead {
    display: none;
  }

  .exo-List .exo-Grid > tbody > .exo-Row {
    display: flex;
    flex-wrap: wrap;
    column-gap: 12px;
    align-items: center;
    padding: 2px 4px 4px 48px;
    border-bottom: 1px solid var(--jp-border-color2, #ddd);
  }

  .exo-List .exo-Grid > tbody > .exo-Row[data-level='2'] {
    padding-left: 64px;
  }

  /* The end of the first line. */
  .exo-List .exo-Grid > tbody > .exo-Row::before {
    flex: 0 0 100%;
    order: 2;
    height: 0;
    content: '';
  }

  .exo-List .exo-Grid > tbody > .exo-Row > :is(th, td) {
    display: block;
    height: auto;
    padding: 0;
    border: 0;
  }

  .exo-List .exo-Grid > tbody > .exo-Row > .exo-Row-head {
    /* More than the negative margin, or the end of the line would fit on it too. */
    flex: 1 1 50%;
    order: 1;
    width: auto;
    min-width: 0;
    max-width: none;
    margin-left: -44px;
  }

  .exo-List .exo-Grid > tbody > .exo-Row[data-level='2'] > .exo-Row-head {
    margin-left: -60px;
  }

  .exo-List .exo-Grid > tbody > .exo-Row-more > .exo-Row-head {
    margin-left: 0;
  }

  .exo-List .exo-Grid > tbody > .exo-Row > .exo-Row-actions {
    flex: none;
    order: 1;
    width: auto;
    margin-left: -8px;
  }

  .exo-List .exo-Grid > tbody > .exo-Row > .exo-Cell {
    order: 3;
    max-width: 100%;
    overflow-wrap: anywhere;
    white-space: normal;
    text-align: left;
    font-size: var(--jp-ui-font-size0, 11px);
  }

  .exo-List .exo-Grid > tbody > .exo-Row > :is(.exo-mod-extra, .exo-mod-empty, [hidden]) {
    display: none;
  }

  .exo-Cell-label,
  .exo-Cell-unit {
    display: inline;
    color: var(--jp-ui-font-color2, #666);
  }

  .exo-Tools {
    gap: 4px 8px;
    padding: 4px;
  }

  .exo-Tools-columns {
    display: none;
  }

  .exo-Tools-selection {
    margin-left: 0;
  }
}

@container exo-list (max-width: 319.98px) {
  .exo-List .exo-Grid > tbody > .exo-Row > .exo-mod-trend {
    display: none;
  }
}
`,""]),r.d(o,{},{A:n})},26(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=(r.n(a))()(i());n.push([e.id,`.exo-Markdown {
  line-height: 1.45;
  overflow-wrap: anywhere;
}

.exo-Markdown > :first-child {
  margin-top: 0;
}

.exo-Markdown :is(p, ul, ol, blockquote, pre, table) {
  margin: 0 0 6px;
}

.exo-Markdown :is(ul, ol) {
  padding-left: 20px;
}

.exo-Markdown li > input {
  margin-right: 4px;
  vertical-align: -1px;
}

.exo-Markdown :is(h5, h6) {
  margin: 8px 0 4px;
  font-size: inherit;
  font-weight: 600;
}

.exo-Markdown h5 {
  font-size: 1.15em;
}

.exo-Markdown :not(pre) > code {
  padding: 0 3px;
  background: var(--jp-layout-color2, #eee);
  font-family: var(--jp-code-font-family, monospace);
}

.exo-Markdown blockquote {
  padding-left: 8px;
  border-left: 3px solid var(--jp-border-color1, #bdbdbd);
}

.exo-Markdown table {
  display: block;
  max-width: 100%;
  overflow: auto;
  border-collapse: collapse;
}

.exo-Markdown :is(th, td) {
  padding: 2px 8px;
  border: 1px solid var(--jp-border-color2, #e0e0e0);
  overflow-wrap: normal;
}

.exo-Markdown [data-align='right'] {
  text-align: right;
}

.exo-Markdown [data-align='center'] {
  text-align: center;
}

.exo-Markdown a {
  color: var(--jp-content-link-color, #1565c0);
  text-decoration: underline;
}
`,""]),r.d(o,{},{A:n})},34(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=(r.n(a))()(i());n.push([e.id,`.exo-PanelOutput {
  overflow: auto;
}

.exo-KernelNote:not(:empty) {
  padding: 2px 0 6px;
  color: var(--jp-ui-font-color1, #212121);
  font-size: var(--jp-ui-font-size1, 13px);
  font-family: var(--jp-ui-font-family, sans-serif);
}

/* Voila gives an output the width of its content, and the view fills the width that it is given. */
.jp-OutputArea:has(> .jp-OutputArea-child > .exo-PanelOutput),
.jp-OutputArea-child:has(> .exo-PanelOutput),
.exo-PanelOutput {
  width: 100%;
}
`,""]),r.d(o,{},{A:n})},35(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=(r.n(a))()(i());n.push([e.id,`.exo-RegistryPanel {
  height: 100%;
  overflow: hidden;
}

.exo-StatusItem-button {
  height: 100%;
  padding: 0 4px;
  border: 0;
  background: none;
  color: inherit;
  font: inherit;
  cursor: pointer;
}

.exo-StatusItem-button:hover {
  background: var(--jp-layout-color3);
}

.exo-StatusItem-button:focus-visible {
  outline: 2px solid var(--jp-brand-color1);
  outline-offset: -2px;
}
`,""]),r.d(o,{},{A:n})},18(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=(r.n(a))()(i());n.push([e.id,`.exo-Search {
  position: relative;
  flex: none;
  padding: 6px 8px;
}

.exo-Search-field {
  display: flex;
  gap: 4px;
  align-items: center;
  box-sizing: border-box;
  min-height: 28px;
  padding: 0 4px;
  background: var(--jp-input-background, transparent);
  border: 1px solid var(--jp-border-color1, #bdbdbd);
  border-radius: var(--jp-border-radius, 2px);
}

.exo-Search-field:focus-within {
  outline: 2px solid var(--jp-brand-color1, #1976d2);
  outline-offset: -1px;
}

.exo-Search-field:has([aria-invalid='true']) {
  border-color: var(--jp-error-color1, #d32f2f);
}

.exo-Search-field > svg {
  flex: none;
}

.exo-View .exo-Search-input {
  flex: 1 1 auto;
  min-width: 0;
  padding: 4px 0;
  color: var(--jp-ui-font-color0, #000);
  background: none;
  border: 0;
  outline: none;
  font-family: var(--jp-code-font-family, monospace);
  font-size: var(--jp-ui-font-size1, 13px);
  text-overflow: ellipsis;
}

.exo-Search-clear,
.exo-Chip-remove {
  display: inline-flex;
  flex: none;
  align-items: center;
  justify-content: center;
  min-width: 24px;
  min-height: 24px;
  margin: 0;
  padding: 0;
  color: inherit;
  background: none;
  border: 0;
  cursor: pointer;
}

.exo-Completions {
  position: absolute;
  z-index: 10;
  right: 8px;
  left: 8px;
  max-height: 260px;
  margin: 0;
  padding: 0;
  overflow: auto;
  background: var(--jp-layout-color1, #fff);
  border: 1px solid var(--jp-border-color1, #bdbdbd);
  box-shadow: var(--jp-elevation-z4, 0 2px 6px rgb(0 0 0 / 30%));
  list-style: none;
}

.exo-Completion {
  display: flex;
  gap: 8px;
  justify-content: space-between;
  padding: 4px 8px;
  cursor: pointer;
}

/* The lighter text has too little contrast on this background. */
.exo-Completion:is([aria-selected='true'], :hover) {
  --jp-ui-font-color2: var(--jp-ui-font-color1, #212121);
  background: var(--jp-layout-color2, #eee);
}

.exo-Completion[aria-selected='true'] {
  box-shadow: inset 3px 0 0 var(--jp-brand-color1, #1976d2);
}

.exo-Completion-label {
  min-width: 0;
  font-family: var(--jp-code-font-family, monospace);
  overflow-wrap: anywhere;
}

.exo-Completion-group {
  flex: none;
  color: var(--jp-ui-font-color2, #616161);
}

.exo-Chips {
  display: flex;
  flex-wrap: wrap;
  gap: 4px;
  align-items: center;
  margin: 6px 0 0;
  padding: 0;
  list-style: none;
}

.exo-Chips > li {
  min-width: 0;
  margin: 0;
}

.exo-Chip {
  display: inline-flex;
  align-items: center;
  max-width: 100%;
  padding-left: 8px;
  background: var(--jp-layout-color2, #eee);
  border: 1px solid var(--jp-border-color1, #bdbdbd);
  border-radius: 12px;
}

.exo-Chip-text {
  min-width: 0;
  font-family: var(--jp-code-font-family, monospace);
  font-size: var(--jp-ui-font-size0, 11px);
  overflow-wrap: anywhere;
}

.exo-Link {
  min-height: 24px;
  margin: 0;
  padding: 0 4px;
  color: var(--jp-content-link-color, #1565c0);
  background: none;
  border: 0;
  font-size: var(--jp-ui-font-size1, 13px);
  text-decoration: underline;
  cursor: pointer;
}

.exo-SearchNotes-hint,
.exo-SearchNotes-error {
  display: flex;
  flex-wrap: wrap;
  gap: 4px 8px;
  align-items: center;
  margin-top: 6px;
  padding-left: 6px;
  border-left: 3px solid var(--jp-info-color1, #1976d2);
  overflow-wrap: anywhere;
}

.exo-SearchNotes-error {
  border-left-color: var(--jp-error-color1, #d32f2f);
}

.exo-SearchNotes-error > svg {
  flex: none;
}

.exo-SearchNotes-error > span {
  flex: 1 1 70%;
  min-width: 0;
}

.exo-SearchNotes code {
  display: block;
  margin: 4px 0;
  color: inherit;
  background: var(--jp-layout-color2, #eee);
  font-family: var(--jp-code-font-family, monospace);
  white-space: pre-wrap;
}

.exo-SearchNotes mark {
  color: inherit;
  background: none;
  border-bottom: 3px solid var(--jp-error-color1, #d32f2f);
}

.exo-View .exo-SearchNotes-fix {
  font-family: var(--jp-code-font-family, monospace);
}
`,""]),r.d(o,{},{A:n})},25(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=(r.n(a))()(i());n.push([e.id,`.exo-Section {
  border-top: 1px solid var(--jp-border-color2, #e0e0e0);
}

.exo-Section > summary {
  padding: 4px 0;
  cursor: pointer;
}

.exo-Section-title {
  font-weight: 600;
}

.exo-Section-count {
  margin-left: 8px;
  color: var(--jp-ui-font-color2, #616161);
}

.exo-Section-content {
  padding: 0 0 8px 14px;
}

.exo-Facts {
  border-collapse: collapse;
  font-size: inherit;
}

.exo-Facts :is(th, td) {
  padding: 2px 12px 2px 0;
  font-weight: normal;
  text-align: left;
  vertical-align: top;
}

.exo-Facts th[scope='row'] {
  color: var(--jp-ui-font-color2, #616161);
}

.exo-Facts thead th {
  font-weight: 600;
  border-bottom: 1px solid var(--jp-border-color1, #bdbdbd);
}

.exo-Facts td {
  overflow-wrap: break-word;
}

.exo-mod-long {
  overflow-wrap: anywhere;
}

.exo-Metrics dd,
.exo-Compare .exo-mod-numeric > td {
  font-variant-numeric: tabular-nums;
  text-align: right;
  white-space: nowrap;
}

/* In as many columns as fit, from top to bottom. */
.exo-Metrics {
  margin: 0;
  columns: 200px;
  column-gap: 24px;
}

.exo-Metrics > div {
  display: flex;
  gap: 12px;
  align-items: baseline;
  justify-content: space-between;
  padding: 2px 0;
  border-bottom: 1px solid var(--jp-border-color3, #eee);
  break-inside: avoid;
}

/* JupyterLab makes the terms of lists in outputs 20 % wide. */
.exo-View .exo-Metrics > div > :is(dt, dd) {
  float: none;
  width: auto;
}

.exo-Metrics dt {
  min-width: 0;
  color: var(--jp-ui-font-color2, #616161);
  font-weight: normal;
  overflow-wrap: break-word;
}

.exo-Metrics dd {
  margin: 0;
}

/* Hyperparameters: name, value and mark in columns, or the name above the value. */
.exo-Parameter {
  display: grid;
  grid-template-columns: minmax(0, 2fr) minmax(0, 3fr) 70px;
  gap: 0 12px;
  align-items: start;
  padding: 2px 0;
}

.exo-Parameter + .exo-Parameter {
  border-top: 1px solid var(--jp-border-color3, #eee);
}

.exo-Parameter-name {
  color: var(--jp-ui-font-color2, #616161);
  overflow-wrap: break-word;
}

.exo-mod-changed > .exo-Parameter-name {
  color: var(--jp-ui-font-color1, #212121);
  font-weight: 600;
}

.exo-Parameter-value {
  font-family: var(--jp-code-font-family, monospace);
  overflow-wrap: anywhere;
}

.exo-Tags {
  display: flex;
  flex-wrap: wrap;
  gap: 4px;
}

.exo-Tag {
  display: inline-flex;
  align-items: center;
  padding-left: 6px;
  border: 1px solid var(--jp-border-color1, #bdbdbd);
  border-radius: 12px;
  overflow-wrap: anywhere;
}

.exo-Note + .exo-Note,
.exo-Markdown + .exo-Note {
  margin-top: 8px;
  padding-top: 4px;
  border-top: 1px solid var(--jp-border-color3, #eee);
}

.exo-Events > li {
  padding: 3px 0;
  overflow-wrap: anywhere;
}

.exo-Code + .exo-Code,
.exo-Source {
  margin-top: 8px;
}

.exo-Code-head {
  display: flex;
  gap: 4px;
  align-items: center;
  margin-bottom: 2px;
}

.exo-Code-title {
  flex: 1 1 auto;
  min-width: 0;
}

.exo-Attachment {
  display: grid;
  grid-template-columns: minmax(0, 1fr) auto;
  gap: 0 12px;
  align-items: center;
  padding: 4px 0;
}

.exo-Attachment > .exo-Buttons {
  grid-row: 1 / span 2;
  grid-column: 2;
}

.exo-Attachment > .exo-Preview {
  grid-column: 1 / -1;
  min-width: 0;
}

.exo-Attachment-name {
  overflow-wrap: anywhere;
}

.exo-Preview img,
.exo-Plots img {
  max-width: 100%;
  height: auto;
}

.exo-DataTable {
  border-collapse: collapse;
  font-size: inherit;
}

.exo-DataTable :is(th, td) {
  padding: 2px 8px;
  border: 1px solid var(--jp-border-color2, #e0e0e0);
  text-align: left;
  white-space: nowrap;
}

.exo-Plots figure {
  margin: 4px 0;
}

.exo-Plots-values {
  color: var(--jp-ui-font-color2, #616161);
  overflow-wrap: anywhere;
}

.exo-Plots-values > summary {
  cursor: pointer;
}

@container exo-pane (max-width: 420px) {
  .exo-Section-content {
    padding-left: 0;
  }

  /* A short value is beside its name, a long one below it. */
  .exo-Parameter {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
  }

  .exo-Parameter-name {
    flex: 1 1 auto;
    min-width: 0;
    max-width: 100%;
  }

  /* One block for each column: its name, and the rest below it. */
  .exo-Signature thead {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }

  .exo-Signature tr {
    display: flex;
    flex-wrap: wrap;
    gap: 0 12px;
    padding: 2px 0;
    border-bottom: 1px solid var(--jp-border-color3, #eee);
  }

  .exo-Signature th[scope='row'] {
    flex: 1 0 100%;
    color: var(--jp-ui-font-color1, #212121);
  }

  .exo-Signature :is(th, td) {
    padding: 0;
  }

  .exo-Signature td:empty {
    display: none;
  }

  .exo-Signature td::before {
    color: var(--jp-ui-font-color2, #616161);
    content: attr(data-label);
  }

  .exo-Attachment {
    grid-template-columns: minmax(0, 1fr);
  }

  .exo-Attachment > .exo-Buttons {
    grid-row: auto;
    grid-column: 1;
  }
}
`,""]),r.d(o,{},{A:n})},32(e,o,r){var t=r(13),i=r.n(t),a=r(14),n=(r.n(a))()(i());n.push([e.id,`.exo-Status {
  display: flex;
  flex: none;
  flex-wrap: wrap;
  gap: 4px 8px;
  align-items: center;
  margin: 0 8px 6px;
  padding: 2px 4px 2px 8px;
  background: var(--jp-layout-color2, #eee);
  border-left: 3px solid var(--jp-brand-color1, #1976d2);
  overflow-wrap: anywhere;
}

/* The live region must stay: it is only without a size. */
.exo-Status.exo-mod-empty {
  margin: 0;
  padding: 0;
  border: 0;
}

.exo-Status-message {
  flex: 1 1 60%;
  min-width: 0;
}

.exo-Status.exo-mod-empty > .exo-Status-message {
  flex: none;
}

.exo-Status-buttons {
  display: flex;
  gap: 4px;
}
`,""]),r.d(o,{},{A:n})},14(e){e.exports=function(e){var o=[];return o.toString=function(){return this.map(function(o){var r="",t=void 0!==o[5];return o[4]&&(r+="@supports (".concat(o[4],") {")),o[2]&&(r+="@media ".concat(o[2]," {")),t&&(r+="@layer".concat(o[5].length>0?" ".concat(o[5]):""," {")),r+=e(o),t&&(r+="}"),o[2]&&(r+="}"),o[4]&&(r+="}"),r}).join("")},o.i=function(e,r,t,i,a){"string"==typeof e&&(e=[[null,e,void 0]]);var n={};if(t)for(var d=0;d<this.length;d++){var l=this[d][0];null!=l&&(n[l]=!0)}for(var x=0;x<e.length;x++){var p=[].concat(e[x]);t&&n[p[0]]||(void 0!==a&&(void 0===p[5]||(p[1]="@layer".concat(p[5].length>0?" ".concat(p[5]):""," {").concat(p[1],"}")),p[5]=a),r&&(p[2]&&(p[1]="@media ".concat(p[2]," {").concat(p[1],"}")),p[2]=r),i&&(p[4]?(p[1]="@supports (".concat(p[4],") {").concat(p[1],"}"),p[4]=i):p[4]="".concat(i)),o.push(p))}},o}},13(e){e.exports=function(e){return e[1]}},6(e){var o=[];function r(e){for(var r=-1,t=0;t<o.length;t++)if(o[t].identifier===e){r=t;break}return r}function t(e,t){for(var i={},a=[],n=0;n<e.length;n++){var d=e[n],l=t.base?d[0]+t.base:d[0],x=i[l]||0,p="".concat(l," ").concat(x);i[l]=x+1;var s=r(p),c={css:d[1],media:d[2],sourceMap:d[3],supports:d[4],layer:d[5]};if(-1!==s)o[s].references++,o[s].updater(c);else{var h=function(e,o){var r=o.domAPI(o);return r.update(e),function(o){o?(o.css!==e.css||o.media!==e.media||o.sourceMap!==e.sourceMap||o.supports!==e.supports||o.layer!==e.layer)&&r.update(e=o):r.remove()}}(c,t);t.byIndex=n,o.splice(n,0,{identifier:p,updater:h,references:1})}a.push(p)}return a}e.exports=function(e,i){var a=t(e=e||[],i=i||{});return function(e){e=e||[];for(var n=0;n<a.length;n++){var d=r(a[n]);o[d].references--}for(var l=t(e,i),x=0;x<a.length;x++){var p=r(a[x]);0===o[p].references&&(o[p].updater(),o.splice(p,1))}a=l}}},8(e){var o={};e.exports=function(e,r){var t=function(e){if(void 0===o[e]){var r=document.querySelector(e);if(window.HTMLIFrameElement&&r instanceof window.HTMLIFrameElement)try{r=r.contentDocument.head}catch(e){r=null}o[e]=r}return o[e]}(e);if(!t)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");t.appendChild(r)}},10(e){e.exports=function(e){var o=document.createElement("style");return e.setAttributes(o,e.attributes),e.insert(o,e.options),o}},9(e,o,r){e.exports=function(e){var o=r.nc;o&&e.setAttribute("nonce",o)}},7(e){e.exports=function(e){if("u"<typeof document)return{update:function(){},remove:function(){}};var o=e.insertStyleElement(e);return{update:function(r){var t,i,a;t="",r.supports&&(t+="@supports (".concat(r.supports,") {")),r.media&&(t+="@media ".concat(r.media," {")),(i=void 0!==r.layer)&&(t+="@layer".concat(r.layer.length>0?" ".concat(r.layer):""," {")),t+=r.css,i&&(t+="}"),r.media&&(t+="}"),r.supports&&(t+="}"),(a=r.sourceMap)&&"u">typeof btoa&&(t+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(a))))," */")),e.styleTagTransform(t,o,e.options)},remove:function(){var e;null===(e=o).parentNode||e.parentNode.removeChild(e)}}}},11(e){e.exports=function(e,o){if(o.styleSheet)o.styleSheet.cssText=e;else{for(;o.firstChild;)o.removeChild(o.firstChild);o.appendChild(document.createTextNode(e))}}},5(e,o,r){var t=r(6),i=r.n(t),a=r(7),n=r.n(a),d=r(8),l=r.n(d),x=r(9),p=r.n(x),s=r(10),c=r.n(s),h=r(11),f=r.n(h),u=r(12),m={};m.styleTagTransform=f(),m.setAttributes=p(),m.insert=l().bind(null,"head"),m.domAPI=n(),m.insertStyleElement=c(),i()(u.A,m),u.A&&u.A.locals&&u.A.locals}}]);