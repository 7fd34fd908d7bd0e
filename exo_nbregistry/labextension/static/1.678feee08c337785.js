"use strict";(self.rspackChunkexo_nbregistry=self.rspackChunkexo_nbregistry||[]).push([[1],{23(o,e,r){var t=r(24),a=r.n(t),n=r(25),i=r.n(n),l=r(26),p=r(27),d=r(28),c=r(29),s=r(30),x=r(31),u=r(32),f=r(33),v=i()(a());v.i(l.A),v.i(p.A),v.i(d.A),v.i(c.A),v.i(s.A),v.i(x.A),v.i(u.A),v.i(f.A),v.push([o.id,`
`,""]),r.d(e,{},{A:v})},31(o,e,r){var t=r(24),a=r.n(t),n=r(25),i=(r.n(n))()(a());i.push([o.id,`.exo-Comparison {
  padding: 12px;
  overflow: auto;
  color: var(--jp-ui-font-color1);
  background: var(--jp-layout-color1);
}

.exo-Comparison-table {
  margin: 8px 0;
  overflow: auto;
}
`,""]),r.d(e,{},{A:i})},27(o,e,r){var t=r(24),a=r.n(t),n=r(25),i=(r.n(n))()(a());i.push([o.id,`.exo-View select.jp-mod-styled,
.exo-View input.jp-mod-styled {
  box-sizing: border-box;
  height: 28px;
  margin: 0;
  padding: 0 6px;
  color: var(--jp-ui-font-color0);
  background: var(--jp-input-background);
  border: 1px solid var(--jp-border-color1);
  border-radius: var(--jp-border-radius);
  font-size: var(--jp-ui-font-size1);
}

.exo-View select.jp-mod-styled {
  appearance: auto;
}

.exo-View input::placeholder {
  color: var(--jp-ui-font-color1);
  font-family: var(--jp-ui-font-family);
  font-size: var(--jp-ui-font-size0);
  font-style: italic;
  opacity: 1;
}

.exo-View :is(select, input)[aria-invalid='true'] {
  border-color: var(--jp-error-color1);
}

.exo-View :focus-visible,
.exo-Comparison :focus-visible {
  outline: 2px solid var(--jp-brand-color1);
  outline-offset: -2px;
}

.exo-mod-error {
  color: var(--jp-ui-font-color1);
  border-left: 3px solid var(--jp-error-color1);
  padding-left: 6px;
}

.exo-mod-secondary {
  color: var(--jp-ui-font-color2);
}

.exo-Button.jp-mod-styled,
.exo-Icon {
  min-height: 24px;
  height: auto;
  margin: 0;
  padding: 2px 8px;
  color: var(--jp-ui-font-color1);
  background: var(--jp-layout-color2);
  border: 1px solid var(--jp-border-color1);
  border-radius: var(--jp-border-radius);
  font-size: var(--jp-ui-font-size1);
  letter-spacing: normal;
  line-height: normal;
  cursor: pointer;
}

.exo-Button.jp-mod-styled:hover:enabled,
.exo-Icon:hover {
  background: var(--jp-layout-color3);
}

.exo-Button.jp-mod-styled:disabled {
  opacity: 0.5;
  cursor: default;
}

.exo-Button.jp-mod-warn {
  border: 2px solid var(--jp-error-color1);
}

.exo-Button[aria-pressed='true'] {
  border-color: var(--jp-brand-color1);
  background: var(--jp-layout-color3);
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
  accent-color: var(--jp-brand-color1);
}

.exo-Badge {
  flex: none;
  padding: 0 5px;
  color: var(--jp-ui-font-color1);
  border: 1px solid var(--jp-brand-color1);
  border-radius: 8px;
  font-size: var(--jp-ui-font-size0);
}

.exo-Badge.exo-mod-status {
  border-style: dashed;
  border-color: var(--jp-ui-font-color2);
}

.exo-Buttons {
  display: flex;
  flex-wrap: wrap;
  gap: 4px;
  margin: 6px 0;
}
`,""]),r.d(e,{},{A:i})},30(o,e,r){var t=r(24),a=r.n(t),n=r(25),i=(r.n(n))()(a());i.push([o.id,`.exo-Detail,
.exo-Body > .exo-Comparison {
  flex: 1 1 0;
  min-height: 0;
  padding: 8px;
  overflow: auto;
}

.exo-Detail-title {
  display: flex;
  gap: 8px;
  align-items: start;
  justify-content: space-between;
}

.exo-Detail-title h3 {
  margin: 0;
  font-size: var(--jp-ui-font-size2);
  overflow-wrap: anywhere;
}

.exo-Detail p {
  margin: 4px 0;
}

.exo-Section {
  padding: 4px 0;
  border-top: 1px solid var(--jp-border-color2);
}

.exo-Section > summary {
  padding: 2px 0;
  font-weight: 600;
  cursor: pointer;
}

.exo-Table {
  width: 100%;
  border-collapse: collapse;
  font-size: var(--jp-ui-font-size1);
}

.exo-Table :is(th, td) {
  padding: 2px 8px 2px 0;
  text-align: left;
  vertical-align: top;
  font-weight: normal;
  overflow-wrap: anywhere;
}

.exo-Table th[scope='row'] {
  color: var(--jp-ui-font-color2);
}

.exo-Table thead th {
  font-weight: 600;
  border-bottom: 1px solid var(--jp-border-color1);
}

.exo-Table td {
  font-family: var(--jp-code-font-family);
}

.exo-List {
  margin: 0;
  padding: 0;
  list-style: none;
}

.exo-List > li {
  display: flow-root;
  padding: 2px 0;
  overflow-wrap: anywhere;
}

.exo-Confirm {
  margin-right: 4px;
}

.exo-Form {
  display: flex;
  gap: 4px;
  margin: 4px 0;
}

.exo-Form > input.jp-mod-styled {
  flex: 1 1 0;
  min-width: 0;
}

.exo-Detail pre {
  max-height: 200px;
  padding: 6px;
  overflow: auto;
  color: var(--jp-ui-font-color1);
  background: var(--jp-layout-color2);
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
}

/* Plots are drawn for a light background. */
.exo-Plots img {
  max-width: 100%;
  background: white;
}
`,""]),r.d(e,{},{A:i})},26(o,e,r){var t=r(24),a=r.n(t),n=r(25),i=(r.n(n))()(a());i.push([o.id,`.exo-View {
  container: exo-view / size;
  display: flex;
  flex-direction: column;
  height: 100%;
  color: var(--jp-ui-font-color1);
  background: var(--jp-layout-color1);
  font-size: var(--jp-ui-font-size1);
}

/* \`hidden\` alone does not hide a flex box. */
.exo-View [hidden] {
  display: none;
}

.exo-Body {
  position: relative;
  display: flex;
  flex: 1 1 0;
  flex-direction: column;
  min-height: 0;
}

.exo-Body:has(> .exo-Divider) > .exo-Tree {
  flex: 0 0 var(--exo-upper, 50%);
}

.exo-Divider {
  flex: none;
  height: 5px;
  background: var(--jp-border-color2);
  cursor: row-resize;
  touch-action: none;
}

/* In a wide view the details are beside the tree. */
@container exo-view (min-width: 720px) {
  .exo-Body {
    flex-direction: row;
  }

  .exo-Divider {
    display: none;
  }

  .exo-Body:has(> .exo-Divider) > .exo-Tree {
    flex: 0 0 45%;
    border-right: 1px solid var(--jp-border-color2);
  }
}
`,""]),r.d(e,{},{A:i})},33(o,e,r){var t=r(24),a=r.n(t),n=r(25),i=(r.n(n))()(a());i.push([o.id,`.exo-PanelOutput {
  overflow: auto;
}
`,""]),r.d(e,{},{A:i})},28(o,e,r){var t=r(24),a=r.n(t),n=r(25),i=(r.n(n))()(a());i.push([o.id,`.exo-SearchBar {
  flex: none;
  padding: 8px;
  border-bottom: 1px solid var(--jp-border-color2);
}

.exo-SearchBar-row {
  display: flex;
  flex-wrap: wrap;
  gap: 4px 8px;
  align-items: center;
  margin-bottom: 6px;
}

.exo-SearchBar-row > select {
  flex: 1 1 96px;
  min-width: 0;
}

.exo-SearchBar > input.jp-mod-styled {
  width: 100%;
  margin-bottom: 6px;
  font-family: var(--jp-code-font-family);
}

.exo-SearchBar-error:empty {
  display: none;
}

.exo-SearchBar-error {
  margin-bottom: 6px;
  overflow-wrap: anywhere;
}

.exo-SearchBar-error code {
  display: block;
  margin: 4px 0;
  color: inherit;
  background: var(--jp-layout-color2);
  font-family: var(--jp-code-font-family);
  white-space: pre-wrap;
}

.exo-SearchBar-error mark {
  color: inherit;
  background: none;
  border-bottom: 3px solid var(--jp-error-color1);
}

.exo-SearchBar-row:last-child {
  justify-content: space-between;
  margin: 0;
}

.exo-SearchBar-row label {
  display: flex;
  gap: 4px;
  align-items: center;
}
`,""]),r.d(e,{},{A:i})},32(o,e,r){var t=r(24),a=r.n(t),n=r(25),i=(r.n(n))()(a());i.push([o.id,`.exo-Status {
  display: flex;
  flex: none;
  flex-wrap: wrap;
  gap: 4px 8px;
  align-items: center;
  padding: 4px 8px;
  border-top: 1px solid var(--jp-border-color2);
  overflow-wrap: anywhere;
}

.exo-Status:empty {
  display: none;
}

.exo-Status > span {
  flex: 1 1 60%;
}
`,""]),r.d(e,{},{A:i})},29(o,e,r){var t=r(24),a=r.n(t),n=r(25),i=(r.n(n))()(a());i.push([o.id,`.exo-Tree {
  flex: 1 1 0;
  min-height: 0;
  padding: 4px 0;
  overflow: auto;
}

.exo-Row {
  display: flex;
  gap: 6px;
  align-items: center;
  min-height: 24px;
  padding: 0 8px;
  cursor: pointer;
  white-space: nowrap;
}

.exo-Row:hover {
  background: var(--jp-layout-color2);
}

.exo-Row:focus {
  background: var(--jp-layout-color3);
}

.exo-Row-version {
  padding-left: 24px;
}

.exo-Row-more {
  padding-left: 24px;
  color: var(--jp-content-link-color);
  text-decoration: underline;
}

.exo-Row.exo-mod-inactive .exo-Row-name {
  text-decoration: line-through;
}

.exo-Row-toggle::before {
  display: inline-block;
  width: 10px;
  content: '▸';
}

.exo-Row[aria-expanded='true'] > .exo-Row-toggle::before {
  content: '▾';
}

.exo-Row-checkbox {
  flex: none;
  box-sizing: border-box;
  width: 14px;
  height: 14px;
  color: var(--jp-ui-font-color1);
  border: 1px solid var(--jp-ui-font-color2);
  border-radius: 2px;
  font-size: 12px;
  line-height: 12px;
  text-align: center;
}

.exo-Row[aria-selected='true'] > .exo-Row-checkbox::before {
  content: '✓';
}

.exo-Row-name {
  overflow: hidden;
  text-overflow: ellipsis;
}

.exo-Row-model > .exo-Row-name {
  flex: 1 1 0;
  font-weight: 600;
}

.exo-Row-model {
  flex-wrap: wrap;
  gap: 0 6px;
  padding: 4px 8px;
}

.exo-Row-details {
  display: flex;
  flex: 1 0 100%;
  flex-wrap: wrap;
  gap: 2px 6px;
  padding-left: 16px;
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
}

.exo-Row-algorithm {
  color: var(--jp-ui-font-color2);
  flex: 1 1 0;
  overflow: hidden;
  text-overflow: ellipsis;
}

.exo-Row-metric {
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
}

.exo-Row-metricName {
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
}

.exo-Sparkline {
  flex: none;
  width: 48px;
  height: 14px;
  color: var(--jp-ui-font-color1);
}

.exo-Sparkline polyline {
  fill: none;
  stroke: currentcolor;
  stroke-width: 1.2;
}

.exo-Sparkline circle {
  fill: currentcolor;
}
`,""]),r.d(e,{},{A:i})},25(o){o.exports=function(o){var e=[];return e.toString=function(){return this.map(function(e){var r="",t=void 0!==e[5];return e[4]&&(r+="@supports (".concat(e[4],") {")),e[2]&&(r+="@media ".concat(e[2]," {")),t&&(r+="@layer".concat(e[5].length>0?" ".concat(e[5]):""," {")),r+=o(e),t&&(r+="}"),e[2]&&(r+="}"),e[4]&&(r+="}"),r}).join("")},e.i=function(o,r,t,a,n){"string"==typeof o&&(o=[[null,o,void 0]]);var i={};if(t)for(var l=0;l<this.length;l++){var p=this[l][0];null!=p&&(i[p]=!0)}for(var d=0;d<o.length;d++){var c=[].concat(o[d]);t&&i[c[0]]||(void 0!==n&&(void 0===c[5]||(c[1]="@layer".concat(c[5].length>0?" ".concat(c[5]):""," {").concat(c[1],"}")),c[5]=n),r&&(c[2]&&(c[1]="@media ".concat(c[2]," {").concat(c[1],"}")),c[2]=r),a&&(c[4]?(c[1]="@supports (".concat(c[4],") {").concat(c[1],"}"),c[4]=a):c[4]="".concat(a)),e.push(c))}},e}},24(o){o.exports=function(o){return o[1]}},17(o){var e=[];function r(o){for(var r=-1,t=0;t<e.length;t++)if(e[t].identifier===o){r=t;break}return r}function t(o,t){for(var a={},n=[],i=0;i<o.length;i++){var l=o[i],p=t.base?l[0]+t.base:l[0],d=a[p]||0,c="".concat(p," ").concat(d);a[p]=d+1;var s=r(c),x={css:l[1],media:l[2],sourceMap:l[3],supports:l[4],layer:l[5]};if(-1!==s)e[s].references++,e[s].updater(x);else{var u=function(o,e){var r=e.domAPI(e);return r.update(o),function(e){e?(e.css!==o.css||e.media!==o.media||e.sourceMap!==o.sourceMap||e.supports!==o.supports||e.layer!==o.layer)&&r.update(o=e):r.remove()}}(x,t);t.byIndex=i,e.splice(i,0,{identifier:c,updater:u,references:1})}n.push(c)}return n}o.exports=function(o,a){var n=t(o=o||[],a=a||{});return function(o){o=o||[];for(var i=0;i<n.length;i++){var l=r(n[i]);e[l].references--}for(var p=t(o,a),d=0;d<n.length;d++){var c=r(n[d]);0===e[c].references&&(e[c].updater(),e.splice(c,1))}n=p}}},19(o){var e={};o.exports=function(o,r){var t=function(o){if(void 0===e[o]){var r=document.querySelector(o);if(window.HTMLIFrameElement&&r instanceof window.HTMLIFrameElement)try{r=r.contentDocument.head}catch(o){r=null}e[o]=r}return e[o]}(o);if(!t)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");t.appendChild(r)}},21(o){o.exports=function(o){var e=document.createElement("style");return o.setAttributes(e,o.attributes),o.insert(e,o.options),e}},20(o,e,r){o.exports=function(o){var e=r.nc;e&&o.setAttribute("nonce",e)}},18(o){o.exports=function(o){if("u"<typeof document)return{update:function(){},remove:function(){}};var e=o.insertStyleElement(o);return{update:function(r){var t,a,n;t="",r.supports&&(t+="@supports (".concat(r.supports,") {")),r.media&&(t+="@media ".concat(r.media," {")),(a=void 0!==r.layer)&&(t+="@layer".concat(r.layer.length>0?" ".concat(r.layer):""," {")),t+=r.css,a&&(t+="}"),r.media&&(t+="}"),r.supports&&(t+="}"),(n=r.sourceMap)&&"u">typeof btoa&&(t+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(n))))," */")),o.styleTagTransform(t,e,o.options)},remove:function(){var o;null===(o=e).parentNode||o.parentNode.removeChild(o)}}}},22(o){o.exports=function(o,e){if(e.styleSheet)e.styleSheet.cssText=o;else{for(;e.firstChild;)e.removeChild(e.firstChild);e.appendChild(document.createTextNode(o))}}},16(o,e,r){var t=r(17),a=r.n(t),n=r(18),i=r.n(n),l=r(19),p=r.n(l),d=r(20),c=r.n(d),s=r(21),x=r.n(s),u=r(22),f=r.n(u),v=r(23),h={};h.styleTagTransform=f(),h.setAttributes=c(),h.insert=p().bind(null,"head"),h.domAPI=i(),h.insertStyleElement=x(),a()(v.A,h),v.A&&v.A.locals&&v.A.locals}}]);